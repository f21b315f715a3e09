// Built from explorer/js/live by `npm run build`; change it there. Sources: sha256 9578c48ca32f856a8ad2e08937eaa920a5af3b6683b4dfb1e827d74a002623cf
(() => {
  var __defProp = Object.defineProperty;
  var __require = /* @__PURE__ */ ((x) => typeof require !== "undefined" ? require : typeof Proxy !== "undefined" ? new Proxy(x, {
    get: (a, b) => (typeof require !== "undefined" ? require : a)[b]
  }) : x)(function(x) {
    if (typeof require !== "undefined") return require.apply(this, arguments);
    throw Error('Dynamic require of "' + x + '" is not supported');
  });
  var __export = (target, all) => {
    for (var name in all)
      __defProp(target, name, { get: all[name], enumerable: true });
  };

  // ../../../canvas/js/node_modules/onnxruntime-web/dist/ort.webgpu.bundle.min.mjs
  var ort_webgpu_bundle_min_exports = {};
  __export(ort_webgpu_bundle_min_exports, {
    InferenceSession: () => bc,
    TRACE: () => Qa,
    TRACE_EVENT_BEGIN: () => Ge,
    TRACE_EVENT_END: () => $e,
    TRACE_FUNC_BEGIN: () => ot,
    TRACE_FUNC_END: () => at,
    Tensor: () => Le,
    default: () => $l,
    env: () => ee,
    registerBackend: () => rt
  });
  /*!
   * ONNX Runtime Web v1.30.0
   * Copyright (c) Microsoft Corporation. All rights reserved.
   * Licensed under the MIT License.
   */
  var Jr = Object.defineProperty;
  var dc = Object.getOwnPropertyDescriptor;
  var lc = Object.getOwnPropertyNames;
  var pc = Object.prototype.hasOwnProperty;
  var Xr = ((a) => typeof __require < "u" ? __require : typeof Proxy < "u" ? new Proxy(a, { get: (r, s) => (typeof __require < "u" ? __require : r)[s] }) : a)(function(a) {
    if (typeof __require < "u") return __require.apply(this, arguments);
    throw Error('Dynamic require of "' + a + '" is not supported');
  });
  var G = (a, r, s) => () => {
    if (s) throw s[0];
    try {
      return a && (r = a(a = 0)), r;
    } catch (f7) {
      throw s = [f7], f7;
    }
  };
  var At = (a, r) => {
    for (var s in r) Jr(a, s, { get: r[s], enumerable: true });
  };
  var mc = (a, r, s, f7) => {
    if (r && typeof r == "object" || typeof r == "function") for (let i of lc(r)) !pc.call(a, i) && i !== s && Jr(a, i, { get: () => r[i], enumerable: !(f7 = dc(r, i)) || f7.enumerable });
    return a;
  };
  var Ht = (a) => mc(Jr({}, "__esModule", { value: true }), a);
  var qt;
  var tt;
  var rt;
  var hc;
  var Da;
  var Zr = G(() => {
    "use strict";
    qt = /* @__PURE__ */ new Map(), tt = [], rt = (a, r, s) => {
      if (r && typeof r.init == "function" && typeof r.createInferenceSessionHandler == "function") {
        let f7 = qt.get(a);
        if (f7 === void 0) qt.set(a, { backend: r, priority: s });
        else {
          if (f7.priority > s) return;
          if (f7.priority === s && f7.backend !== r) throw new Error(`cannot register backend "${a}" using priority ${s}`);
        }
        if (s >= 0) {
          let i = tt.indexOf(a);
          i !== -1 && tt.splice(i, 1);
          for (let p = 0; p < tt.length; p++) if (qt.get(tt[p]).priority <= s) {
            tt.splice(p, 0, a);
            return;
          }
          tt.push(a);
        }
        return;
      }
      throw new TypeError("not a valid backend");
    }, hc = async (a) => {
      let r = qt.get(a);
      if (!r) return "backend not found.";
      if (r.initialized) return r.backend;
      if (r.aborted) return r.error;
      {
        let s = !!r.initPromise;
        try {
          return s || (r.initPromise = r.backend.init(a)), await r.initPromise, r.initialized = true, r.backend;
        } catch (f7) {
          return s || (r.error = `${f7}`, r.aborted = true), r.error;
        } finally {
          delete r.initPromise;
        }
      }
    }, Da = async (a) => {
      let r = a.executionProviders || [], s = r.map((g) => typeof g == "string" ? g : g.name), f7 = s.length === 0 ? tt : s, i, p = [], l = /* @__PURE__ */ new Set();
      for (let g of f7) {
        let w = await hc(g);
        typeof w == "string" ? p.push({ name: g, err: w }) : (i || (i = w), i === w && l.add(g));
      }
      if (!i) throw new Error(`no available backend found. ERR: ${p.map((g) => `[${g.name}] ${g.err}`).join(", ")}`);
      for (let { name: g, err: w } of p) s.includes(g) && console.warn(`removing requested execution provider "${g}" from session options because it is not available: ${w}`);
      let b = r.filter((g) => l.has(typeof g == "string" ? g : g.name));
      return [i, new Proxy(a, { get: (g, w) => w === "executionProviders" ? b : Reflect.get(g, w) })];
    };
  });
  var Pa = G(() => {
    "use strict";
    Zr();
  });
  var Ua;
  var _a = G(() => {
    "use strict";
    Ua = "1.30.0";
  });
  var Ra;
  var ie;
  var Kr = G(() => {
    "use strict";
    _a();
    Ra = "warning", ie = { wasm: {}, webgl: {}, webgpu: {}, versions: { common: Ua }, set logLevel(a) {
      if (a !== void 0) {
        if (typeof a != "string" || ["verbose", "info", "warning", "error", "fatal"].indexOf(a) === -1) throw new Error(`Unsupported logging level: ${a}`);
        Ra = a;
      }
    }, get logLevel() {
      return Ra;
    } };
    Object.defineProperty(ie, "logLevel", { enumerable: true });
  });
  var ee;
  var Na = G(() => {
    "use strict";
    Kr();
    ee = ie;
  });
  var Wa;
  var ka;
  var Fa = G(() => {
    "use strict";
    Wa = (a, r) => {
      let s = typeof document < "u" ? document.createElement("canvas") : new OffscreenCanvas(1, 1);
      s.width = a.dims[3], s.height = a.dims[2];
      let f7 = s.getContext("2d");
      if (f7 != null) {
        let i, p;
        r?.tensorLayout !== void 0 && r.tensorLayout === "NHWC" ? (i = a.dims[2], p = a.dims[3]) : (i = a.dims[3], p = a.dims[2]);
        let l = r?.format !== void 0 ? r.format : "RGB", b = r?.norm, g, w;
        b === void 0 || b.mean === void 0 ? g = [255, 255, 255, 255] : typeof b.mean == "number" ? g = [b.mean, b.mean, b.mean, b.mean] : (g = [b.mean[0], b.mean[1], b.mean[2], 0], b.mean[3] !== void 0 && (g[3] = b.mean[3])), b === void 0 || b.bias === void 0 ? w = [0, 0, 0, 0] : typeof b.bias == "number" ? w = [b.bias, b.bias, b.bias, b.bias] : (w = [b.bias[0], b.bias[1], b.bias[2], 0], b.bias[3] !== void 0 && (w[3] = b.bias[3]));
        let S = p * i, v = 0, T = S, A = S * 2, C = -1;
        l === "RGBA" ? (v = 0, T = S, A = S * 2, C = S * 3) : l === "RGB" ? (v = 0, T = S, A = S * 2) : l === "RBG" && (v = 0, A = S, T = S * 2);
        for (let _ = 0; _ < p; _++) for (let k = 0; k < i; k++) {
          let U = (a.data[v++] - w[0]) * g[0], M = (a.data[T++] - w[1]) * g[1], Y = (a.data[A++] - w[2]) * g[2], O = C === -1 ? 255 : (a.data[C++] - w[3]) * g[3];
          f7.fillStyle = "rgba(" + U + "," + M + "," + Y + "," + O + ")", f7.fillRect(k, _, 1, 1);
        }
        if ("toDataURL" in s) return s.toDataURL();
        throw new Error("toDataURL is not supported");
      } else throw new Error("Can not access image data");
    }, ka = (a, r) => {
      let s = typeof document < "u" ? document.createElement("canvas").getContext("2d") : new OffscreenCanvas(1, 1).getContext("2d"), f7;
      if (s != null) {
        let i, p, l;
        r?.tensorLayout !== void 0 && r.tensorLayout === "NHWC" ? (i = a.dims[2], p = a.dims[1], l = a.dims[3]) : (i = a.dims[3], p = a.dims[2], l = a.dims[1]);
        let b = r !== void 0 && r.format !== void 0 ? r.format : "RGB", g = r?.norm, w, S;
        g === void 0 || g.mean === void 0 ? w = [255, 255, 255, 255] : typeof g.mean == "number" ? w = [g.mean, g.mean, g.mean, g.mean] : (w = [g.mean[0], g.mean[1], g.mean[2], 255], g.mean[3] !== void 0 && (w[3] = g.mean[3])), g === void 0 || g.bias === void 0 ? S = [0, 0, 0, 0] : typeof g.bias == "number" ? S = [g.bias, g.bias, g.bias, g.bias] : (S = [g.bias[0], g.bias[1], g.bias[2], 0], g.bias[3] !== void 0 && (S[3] = g.bias[3]));
        let v = p * i;
        if (r !== void 0 && (r.format !== void 0 && l === 4 && r.format !== "RGBA" || l === 3 && r.format !== "RGB" && r.format !== "BGR")) throw new Error("Tensor format doesn't match input tensor dims");
        let T = 4, A = 0, C = 1, _ = 2, k = 3, U = 0, M = v, Y = v * 2, O = -1;
        b === "RGBA" ? (U = 0, M = v, Y = v * 2, O = v * 3) : b === "RGB" ? (U = 0, M = v, Y = v * 2) : b === "RBG" && (U = 0, Y = v, M = v * 2), f7 = s.createImageData(i, p);
        for (let $ = 0; $ < p * i; A += T, C += T, _ += T, k += T, $++) f7.data[A] = (a.data[U++] - S[0]) * w[0], f7.data[C] = (a.data[M++] - S[1]) * w[1], f7.data[_] = (a.data[Y++] - S[2]) * w[2], f7.data[k] = O === -1 ? 255 : (a.data[O++] - S[3]) * w[3];
      } else throw new Error("Can not access image data");
      return f7;
    };
  });
  var Qr;
  var Ga;
  var $a;
  var za;
  var Va;
  var ja;
  var Ha = G(() => {
    "use strict";
    Yt();
    Qr = (a, r) => {
      if (a === void 0) throw new Error("Image buffer must be defined");
      if (r.height === void 0 || r.width === void 0) throw new Error("Image height and width must be defined");
      if (r.tensorLayout === "NHWC") throw new Error("NHWC Tensor layout is not supported yet");
      let { height: s, width: f7 } = r, i = r.norm ?? { mean: 255, bias: 0 }, p, l;
      typeof i.mean == "number" ? p = [i.mean, i.mean, i.mean, i.mean] : p = [i.mean[0], i.mean[1], i.mean[2], i.mean[3] ?? 255], typeof i.bias == "number" ? l = [i.bias, i.bias, i.bias, i.bias] : l = [i.bias[0], i.bias[1], i.bias[2], i.bias[3] ?? 0];
      let b = r.format !== void 0 ? r.format : "RGBA", g = r.tensorFormat !== void 0 && r.tensorFormat !== void 0 ? r.tensorFormat : "RGB", w = s * f7, S = g === "RGBA" ? new Float32Array(w * 4) : new Float32Array(w * 3), v = 4, T = 0, A = 1, C = 2, _ = 3, k = 0, U = w, M = w * 2, Y = -1;
      b === "RGB" && (v = 3, T = 0, A = 1, C = 2, _ = -1), g === "RGBA" ? Y = w * 3 : g === "RBG" ? (k = 0, M = w, U = w * 2) : g === "BGR" && (M = 0, U = w, k = w * 2);
      for (let $ = 0; $ < w; $++, T += v, C += v, A += v, _ += v) S[k++] = (a[T] + l[0]) / p[0], S[U++] = (a[A] + l[1]) / p[1], S[M++] = (a[C] + l[2]) / p[2], Y !== -1 && _ !== -1 && (S[Y++] = (a[_] + l[3]) / p[3]);
      return g === "RGBA" ? new ce("float32", S, [1, 4, s, f7]) : new ce("float32", S, [1, 3, s, f7]);
    }, Ga = async (a, r) => {
      let s = typeof HTMLImageElement < "u" && a instanceof HTMLImageElement, f7 = typeof ImageData < "u" && a instanceof ImageData, i = typeof ImageBitmap < "u" && a instanceof ImageBitmap, p = typeof a == "string", l, b = r ?? {}, g = () => {
        if (typeof document < "u") return document.createElement("canvas");
        if (typeof OffscreenCanvas < "u") return new OffscreenCanvas(1, 1);
        throw new Error("Canvas is not supported");
      }, w = (S) => typeof HTMLCanvasElement < "u" && S instanceof HTMLCanvasElement || S instanceof OffscreenCanvas ? S.getContext("2d") : null;
      if (s) {
        let S = g();
        S.width = a.width, S.height = a.height;
        let v = w(S);
        if (v != null) {
          let T = a.height, A = a.width;
          if (r !== void 0 && r.resizedHeight !== void 0 && r.resizedWidth !== void 0 && (T = r.resizedHeight, A = r.resizedWidth), r !== void 0) {
            if (b = r, r.tensorFormat !== void 0) throw new Error("Image input config format must be RGBA for HTMLImageElement");
            b.tensorFormat = "RGBA", b.height = T, b.width = A;
          } else b.tensorFormat = "RGBA", b.height = T, b.width = A;
          v.drawImage(a, 0, 0), l = v.getImageData(0, 0, A, T).data;
        } else throw new Error("Can not access image data");
      } else if (f7) {
        let S, v;
        if (r !== void 0 && r.resizedWidth !== void 0 && r.resizedHeight !== void 0 ? (S = r.resizedHeight, v = r.resizedWidth) : (S = a.height, v = a.width), r !== void 0 && (b = r), b.format = "RGBA", b.height = S, b.width = v, r !== void 0) {
          let T = g();
          T.width = v, T.height = S;
          let A = w(T);
          if (A != null) A.putImageData(a, 0, 0), l = A.getImageData(0, 0, v, S).data;
          else throw new Error("Can not access image data");
        } else l = a.data;
      } else if (i) {
        if (r === void 0) throw new Error("Please provide image config with format for Imagebitmap");
        let S = g();
        S.width = a.width, S.height = a.height;
        let v = w(S);
        if (v != null) {
          let T = a.height, A = a.width;
          return v.drawImage(a, 0, 0, A, T), l = v.getImageData(0, 0, A, T).data, b.height = T, b.width = A, Qr(l, b);
        } else throw new Error("Can not access image data");
      } else {
        if (p) return new Promise((S, v) => {
          let T = g(), A = w(T);
          if (!a || !A) return v();
          let C = new Image();
          C.crossOrigin = "Anonymous", C.src = a, C.onload = () => {
            T.width = C.width, T.height = C.height, A.drawImage(C, 0, 0, T.width, T.height);
            let _ = A.getImageData(0, 0, T.width, T.height);
            b.height = T.height, b.width = T.width, S(Qr(_.data, b));
          };
        });
        throw new Error("Input data provided is not supported - aborted tensor creation");
      }
      if (l !== void 0) return Qr(l, b);
      throw new Error("Input data provided is not supported - aborted tensor creation");
    }, $a = (a, r) => {
      let { width: s, height: f7, download: i, dispose: p } = r, l = [1, f7, s, 4];
      return new ce({ location: "texture", type: "float32", texture: a, dims: l, download: i, dispose: p });
    }, za = (a, r) => {
      let { dataType: s, dims: f7, download: i, dispose: p } = r;
      return new ce({ location: "gpu-buffer", type: s ?? "float32", gpuBuffer: a, dims: f7, download: i, dispose: p });
    }, Va = (a, r) => {
      let { dataType: s, dims: f7, download: i, dispose: p } = r;
      return new ce({ location: "ml-tensor", type: s ?? "float32", mlTensor: a, dims: f7, download: i, dispose: p });
    }, ja = (a, r, s) => new ce({ location: "cpu-pinned", type: a, data: r, dims: s ?? [r.length] });
  });
  var nt;
  var It;
  var qa;
  var Ya;
  var Ja = G(() => {
    "use strict";
    nt = /* @__PURE__ */ new Map([["float32", Float32Array], ["uint8", Uint8Array], ["int8", Int8Array], ["uint16", Uint16Array], ["int16", Int16Array], ["int32", Int32Array], ["bool", Uint8Array], ["float64", Float64Array], ["uint32", Uint32Array], ["int4", Uint8Array], ["uint4", Uint8Array]]), It = /* @__PURE__ */ new Map([[Float32Array, "float32"], [Uint8Array, "uint8"], [Int8Array, "int8"], [Uint16Array, "uint16"], [Int16Array, "int16"], [Int32Array, "int32"], [Float64Array, "float64"], [Uint32Array, "uint32"]]), qa = false, Ya = () => {
      if (!qa) {
        qa = true;
        let a = typeof BigInt64Array < "u" && BigInt64Array.from, r = typeof BigUint64Array < "u" && BigUint64Array.from, s = globalThis.Float16Array, f7 = typeof s < "u" && s.from;
        a && (nt.set("int64", BigInt64Array), It.set(BigInt64Array, "int64")), r && (nt.set("uint64", BigUint64Array), It.set(BigUint64Array, "uint64")), f7 ? (nt.set("float16", s), It.set(s, "float16")) : nt.set("float16", Uint16Array);
      }
    };
  });
  var Xa;
  var Za;
  var Ka = G(() => {
    "use strict";
    Yt();
    Xa = (a) => {
      let r = 1;
      for (let s = 0; s < a.length; s++) {
        let f7 = a[s];
        if (typeof f7 != "number" || !Number.isSafeInteger(f7)) throw new TypeError(`dims[${s}] must be an integer, got: ${f7}`);
        if (f7 < 0) throw new RangeError(`dims[${s}] must be a non-negative integer, got: ${f7}`);
        r *= f7;
      }
      return r;
    }, Za = (a, r) => {
      switch (a.location) {
        case "cpu":
          return new ce(a.type, a.data, r);
        case "cpu-pinned":
          return new ce({ location: "cpu-pinned", data: a.data, type: a.type, dims: r });
        case "texture":
          return new ce({ location: "texture", texture: a.texture, type: a.type, dims: r });
        case "gpu-buffer":
          return new ce({ location: "gpu-buffer", gpuBuffer: a.gpuBuffer, type: a.type, dims: r });
        case "ml-tensor":
          return new ce({ location: "ml-tensor", mlTensor: a.mlTensor, type: a.type, dims: r });
        default:
          throw new Error(`tensorReshape: tensor location ${a.location} is not supported`);
      }
    };
  });
  var ce;
  var Yt = G(() => {
    "use strict";
    Fa();
    Ha();
    Ja();
    Ka();
    ce = class {
      constructor(r, s, f7) {
        Ya();
        let i, p;
        if (typeof r == "object" && "location" in r) switch (this.dataLocation = r.location, i = r.type, p = r.dims, r.location) {
          case "cpu-pinned": {
            let b = nt.get(i);
            if (!b) throw new TypeError(`unsupported type "${i}" to create tensor from pinned buffer`);
            if (!(r.data instanceof b)) throw new TypeError(`buffer should be of type ${b.name}`);
            this.cpuData = r.data;
            break;
          }
          case "texture": {
            if (i !== "float32") throw new TypeError(`unsupported type "${i}" to create tensor from texture`);
            this.gpuTextureData = r.texture, this.downloader = r.download, this.disposer = r.dispose;
            break;
          }
          case "gpu-buffer": {
            if (i !== "float32" && i !== "float16" && i !== "int32" && i !== "int64" && i !== "uint32" && i !== "uint8" && i !== "bool" && i !== "uint4" && i !== "int4") throw new TypeError(`unsupported type "${i}" to create tensor from gpu buffer`);
            this.gpuBufferData = r.gpuBuffer, this.downloader = r.download, this.disposer = r.dispose;
            break;
          }
          case "ml-tensor": {
            if (i !== "float32" && i !== "float16" && i !== "int32" && i !== "int64" && i !== "uint32" && i !== "uint64" && i !== "int8" && i !== "uint8" && i !== "bool" && i !== "uint4" && i !== "int4") throw new TypeError(`unsupported type "${i}" to create tensor from MLTensor`);
            this.mlTensorData = r.mlTensor, this.downloader = r.download, this.disposer = r.dispose;
            break;
          }
          default:
            throw new Error(`Tensor constructor: unsupported location '${this.dataLocation}'`);
        }
        else {
          let b, g;
          if (typeof r == "string") if (i = r, g = f7, r === "string") {
            if (!Array.isArray(s)) throw new TypeError("A string tensor's data must be a string array.");
            b = s;
          } else {
            let w = nt.get(r);
            if (w === void 0) throw new TypeError(`Unsupported tensor type: ${r}.`);
            if (Array.isArray(s)) {
              if (r === "float16" && w === Uint16Array || r === "uint4" || r === "int4") throw new TypeError(`Creating a ${r} tensor from number array is not supported. Please use ${w.name} as data.`);
              r === "uint64" || r === "int64" ? b = w.from(s, BigInt) : b = w.from(s);
            } else if (s instanceof w) b = s;
            else if (s instanceof Uint8ClampedArray) if (r === "uint8") b = Uint8Array.from(s);
            else throw new TypeError("A Uint8ClampedArray tensor's data must be type of uint8");
            else if (r === "float16" && s instanceof Uint16Array && w !== Uint16Array) b = new globalThis.Float16Array(s.buffer, s.byteOffset, s.length);
            else throw new TypeError(`A ${i} tensor's data must be type of ${w}`);
          }
          else if (g = s, Array.isArray(r)) {
            if (r.length === 0) throw new TypeError("Tensor type cannot be inferred from an empty array.");
            let w = typeof r[0];
            if (w === "string") i = "string", b = r;
            else if (w === "boolean") i = "bool", b = Uint8Array.from(r);
            else throw new TypeError(`Invalid element type of data array: ${w}.`);
          } else if (r instanceof Uint8ClampedArray) i = "uint8", b = Uint8Array.from(r);
          else {
            let w = It.get(r.constructor);
            if (w === void 0) throw new TypeError(`Unsupported type for tensor data: ${r.constructor}.`);
            i = w, b = r;
          }
          if (g === void 0) g = [b.length];
          else if (!Array.isArray(g)) throw new TypeError("A tensor's dims must be a number array");
          p = g, this.cpuData = b, this.dataLocation = "cpu";
        }
        let l = Xa(p);
        if (this.cpuData && l !== this.cpuData.length && !((i === "uint4" || i === "int4") && Math.ceil(l / 2) === this.cpuData.length)) throw new Error(`Tensor's size(${l}) does not match data length(${this.cpuData.length}).`);
        this.type = i, this.dims = p, this.size = l;
      }
      static async fromImage(r, s) {
        return Ga(r, s);
      }
      static fromTexture(r, s) {
        return $a(r, s);
      }
      static fromGpuBuffer(r, s) {
        return za(r, s);
      }
      static fromMLTensor(r, s) {
        return Va(r, s);
      }
      static fromPinnedBuffer(r, s, f7) {
        return ja(r, s, f7);
      }
      toDataURL(r) {
        return Wa(this, r);
      }
      toImageData(r) {
        return ka(this, r);
      }
      get data() {
        if (this.ensureValid(), !this.cpuData) throw new Error("The data is not on CPU. Use `getData()` to download GPU data to CPU, or use `texture` or `gpuBuffer` property to access the GPU data directly.");
        return this.cpuData;
      }
      get location() {
        return this.dataLocation;
      }
      get texture() {
        if (this.ensureValid(), !this.gpuTextureData) throw new Error("The data is not stored as a WebGL texture.");
        return this.gpuTextureData;
      }
      get gpuBuffer() {
        if (this.ensureValid(), !this.gpuBufferData) throw new Error("The data is not stored as a WebGPU buffer.");
        return this.gpuBufferData;
      }
      get mlTensor() {
        if (this.ensureValid(), !this.mlTensorData) throw new Error("The data is not stored as a WebNN MLTensor.");
        return this.mlTensorData;
      }
      async getData(r) {
        switch (this.ensureValid(), this.dataLocation) {
          case "cpu":
          case "cpu-pinned":
            return this.data;
          case "texture":
          case "gpu-buffer":
          case "ml-tensor": {
            if (!this.downloader) throw new Error("The current tensor is not created with a specified data downloader.");
            if (this.isDownloading) throw new Error("The current tensor is being downloaded.");
            try {
              this.isDownloading = true;
              let s = await this.downloader();
              return this.downloader = void 0, this.dataLocation = "cpu", this.cpuData = s, r && this.disposer && (this.disposer(), this.disposer = void 0), s;
            } finally {
              this.isDownloading = false;
            }
          }
          default:
            throw new Error(`cannot get data from location: ${this.dataLocation}`);
        }
      }
      dispose() {
        if (this.isDownloading) throw new Error("The current tensor is being downloaded.");
        this.disposer && (this.disposer(), this.disposer = void 0), this.cpuData = void 0, this.gpuTextureData = void 0, this.gpuBufferData = void 0, this.mlTensorData = void 0, this.downloader = void 0, this.isDownloading = void 0, this.dataLocation = "none";
      }
      ensureValid() {
        if (this.dataLocation === "none") throw new Error("The tensor is disposed.");
      }
      reshape(r) {
        if (this.ensureValid(), this.downloader || this.disposer) throw new Error("Cannot reshape a tensor that owns GPU resource.");
        return Za(this, r);
      }
    };
  });
  var Le;
  var en = G(() => {
    "use strict";
    Yt();
    Le = ce;
  });
  var Qa;
  var es;
  var ot;
  var at;
  var Ge;
  var $e;
  var tn = G(() => {
    "use strict";
    Kr();
    Qa = (a, r) => {
      (typeof ie.trace > "u" ? !ie.wasm.trace : !ie.trace) || console.timeStamp(`${a}::ORT::${r}`);
    }, es = (a, r) => {
      let s = new Error().stack?.split(/\r\n|\r|\n/g) || [], f7 = false;
      for (let i = 0; i < s.length; i++) {
        if (f7 && !s[i].includes("TRACE_FUNC")) {
          let p = `FUNC_${a}::${s[i].trim().split(" ")[1]}`;
          r && (p += `::${r}`), Qa("CPU", p);
          return;
        }
        s[i].includes("TRACE_FUNC") && (f7 = true);
      }
    }, ot = (a) => {
      (typeof ie.trace > "u" ? !ie.wasm.trace : !ie.trace) || es("BEGIN", a);
    }, at = (a) => {
      (typeof ie.trace > "u" ? !ie.wasm.trace : !ie.trace) || es("END", a);
    }, Ge = (a) => {
      (typeof ie.trace > "u" ? !ie.wasm.trace : !ie.trace) || console.time(`ORT::${a}`);
    }, $e = (a) => {
      (typeof ie.trace > "u" ? !ie.wasm.trace : !ie.trace) || console.timeEnd(`ORT::${a}`);
    };
  });
  var Jt;
  var ts = G(() => {
    "use strict";
    Zr();
    en();
    tn();
    Jt = class a {
      constructor(r) {
        this.handler = r;
      }
      async run(r, s, f7) {
        ot(), Ge("InferenceSession.run");
        let i = {}, p = {};
        if (typeof r != "object" || r === null || r instanceof Le || Array.isArray(r)) throw new TypeError("'feeds' must be an object that use input names as keys and OnnxValue as corresponding values.");
        let l = true;
        if (typeof s == "object") {
          if (s === null) throw new TypeError("Unexpected argument[1]: cannot be null.");
          if (s instanceof Le) throw new TypeError("'fetches' cannot be a Tensor");
          if (Array.isArray(s)) {
            if (s.length === 0) throw new TypeError("'fetches' cannot be an empty array.");
            l = false;
            for (let w of s) {
              if (typeof w != "string") throw new TypeError("'fetches' must be a string array or an object.");
              if (this.outputNames.indexOf(w) === -1) throw new RangeError(`'fetches' contains invalid output name: ${w}.`);
              i[w] = null;
            }
            if (typeof f7 == "object" && f7 !== null) p = f7;
            else if (typeof f7 < "u") throw new TypeError("'options' must be an object.");
          } else {
            let w = false, S = Object.getOwnPropertyNames(s);
            for (let v of this.outputNames) if (S.indexOf(v) !== -1) {
              let T = s[v];
              (T === null || T instanceof Le) && (w = true, l = false, i[v] = T);
            }
            if (w) {
              if (typeof f7 == "object" && f7 !== null) p = f7;
              else if (typeof f7 < "u") throw new TypeError("'options' must be an object.");
            } else p = s;
          }
        } else if (typeof s < "u") throw new TypeError("Unexpected argument[1]: must be 'fetches' or 'options'.");
        for (let w of this.inputNames) if (typeof r[w] > "u") throw new Error(`input '${w}' is missing in 'feeds'.`);
        if (l) for (let w of this.outputNames) i[w] = null;
        let b = await this.handler.run(r, i, p), g = {};
        for (let w in b) if (Object.hasOwnProperty.call(b, w)) {
          let S = b[w];
          S instanceof Le ? g[w] = S : g[w] = new Le(S.type, S.data, S.dims);
        }
        return $e("InferenceSession.run"), at(), g;
      }
      async release() {
        return this.handler.dispose();
      }
      static async create(r, s, f7, i) {
        ot(), Ge("InferenceSession.create");
        let p, l = {};
        if (typeof r == "string") {
          if (p = r, typeof s == "object" && s !== null) l = s;
          else if (typeof s < "u") throw new TypeError("'options' must be an object.");
        } else if (r instanceof Uint8Array) {
          if (p = r, typeof s == "object" && s !== null) l = s;
          else if (typeof s < "u") throw new TypeError("'options' must be an object.");
        } else if (r instanceof ArrayBuffer || typeof SharedArrayBuffer < "u" && r instanceof SharedArrayBuffer) {
          let S = r, v = 0, T = r.byteLength;
          if (typeof s == "object" && s !== null) l = s;
          else if (typeof s == "number") {
            if (v = s, !Number.isSafeInteger(v)) throw new RangeError("'byteOffset' must be an integer.");
            if (v < 0 || v >= S.byteLength) throw new RangeError(`'byteOffset' is out of range [0, ${S.byteLength}).`);
            if (T = r.byteLength - v, typeof f7 == "number") {
              if (T = f7, !Number.isSafeInteger(T)) throw new RangeError("'byteLength' must be an integer.");
              if (T <= 0 || v + T > S.byteLength) throw new RangeError(`'byteLength' is out of range (0, ${S.byteLength - v}].`);
              if (typeof i == "object" && i !== null) l = i;
              else if (typeof i < "u") throw new TypeError("'options' must be an object.");
            } else if (typeof f7 < "u") throw new TypeError("'byteLength' must be a number.");
          } else if (typeof s < "u") throw new TypeError("'options' must be an object.");
          p = new Uint8Array(S, v, T);
        } else throw new TypeError("Unexpected argument[0]: must be 'path' or 'buffer'.");
        let [b, g] = await Da(l), w = await b.createInferenceSessionHandler(p, g);
        return $e("InferenceSession.create"), at(), new a(w);
      }
      startProfiling() {
        this.handler.startProfiling();
      }
      endProfiling() {
        this.handler.endProfiling();
      }
      get inputNames() {
        return this.handler.inputNames;
      }
      get outputNames() {
        return this.handler.outputNames;
      }
      get inputMetadata() {
        return this.handler.inputMetadata;
      }
      get outputMetadata() {
        return this.handler.outputMetadata;
      }
    };
  });
  var bc;
  var rs = G(() => {
    "use strict";
    ts();
    bc = Jt;
  });
  var ns = G(() => {
    "use strict";
  });
  var os = G(() => {
    "use strict";
  });
  var as = G(() => {
    "use strict";
  });
  var ss = G(() => {
    "use strict";
  });
  var rn = {};
  At(rn, { InferenceSession: () => bc, TRACE: () => Qa, TRACE_EVENT_BEGIN: () => Ge, TRACE_EVENT_END: () => $e, TRACE_FUNC_BEGIN: () => ot, TRACE_FUNC_END: () => at, Tensor: () => Le, env: () => ee, registerBackend: () => rt });
  var ze = G(() => {
    "use strict";
    Pa();
    Na();
    rs();
    en();
    ns();
    os();
    tn();
    as();
    ss();
  });
  var Xt = G(() => {
    "use strict";
  });
  var cs = {};
  At(cs, { default: () => gc });
  var us;
  var fs;
  var gc;
  var ds = G(() => {
    "use strict";
    nn();
    Ve();
    Zt();
    us = "ort-wasm-proxy-worker", fs = globalThis.self?.name === us;
    fs && (self.onmessage = (a) => {
      let { type: r, in: s } = a.data;
      try {
        switch (r) {
          case "init-wasm":
            Kt(s.wasm).then(() => {
              Qt(s).then(() => {
                postMessage({ type: r });
              }, (f7) => {
                postMessage({ type: r, err: f7 });
              });
            }, (f7) => {
              postMessage({ type: r, err: f7 });
            });
            break;
          case "init-ep": {
            let { epName: f7, env: i } = s;
            er(i, f7).then(() => {
              postMessage({ type: r });
            }, (p) => {
              postMessage({ type: r, err: p });
            });
            break;
          }
          case "copy-from": {
            let { buffer: f7 } = s, i = Lt(f7);
            postMessage({ type: r, out: i });
            break;
          }
          case "create": {
            let { model: f7, options: i } = s;
            tr(f7, i).then((p) => {
              postMessage({ type: r, out: p });
            }, (p) => {
              postMessage({ type: r, err: p });
            });
            break;
          }
          case "release":
            rr(s), postMessage({ type: r });
            break;
          case "run": {
            let { sessionId: f7, inputIndices: i, inputs: p, outputIndices: l, options: b } = s;
            nr(f7, i, p, l, new Array(l.length).fill(null), b).then((g) => {
              g.some((w) => w[3] !== "cpu") ? postMessage({ type: r, err: "Proxy does not support non-cpu tensor location." }) : postMessage({ type: r, out: g }, ar([...p, ...g]));
            }, (g) => {
              postMessage({ type: r, err: g });
            });
            break;
          }
          case "end-profiling":
            or(s), postMessage({ type: r });
            break;
          default:
        }
      } catch (f7) {
        postMessage({ type: r, err: f7 });
      }
    });
    gc = fs ? null : (a) => new Worker(a ?? ye, { type: "module", name: us });
  });
  var ps = {};
  At(ps, { default: () => yc });
  async function ls(a = {}) {
    var r = a, s = !!globalThis.window, f7 = !!globalThis.WorkerGlobalScope, i = f7 && self.name?.startsWith("em-pthread");
    r.mountExternalData = (e, t) => {
      e.startsWith("./") && (e = e.substring(2)), (r.ed || (r.ed = /* @__PURE__ */ new Map())).set(e, t);
    }, r.unmountExternalData = () => {
      delete r.ed, delete r.Te, delete r.Se, delete r.Ue;
    }, globalThis.SharedArrayBuffer ?? new WebAssembly.Memory({ initial: 0, maximum: 0, shared: true }).buffer.constructor;
    let p = () => {
      let e = (t) => (...n) => {
        let o = Me;
        return n = t(...n), Me != o ? new Promise((u, c) => {
          Cr = { resolve: u, reject: c };
        }) : n;
      };
      (() => {
        for (let t of ["_OrtAppendExecutionProvider", "_OrtCreateSession", "_OrtRun", "_OrtRunWithBinding", "_OrtBindInput"]) r[t] = e(r[t]);
      })(), typeof jsepRunAsync < "u" && (r._OrtRun = jsepRunAsync(r._OrtRun), r._OrtRunWithBinding = jsepRunAsync(r._OrtRunWithBinding)), p = void 0;
    };
    r.asyncInit = () => {
      p?.();
    };
    var l, b, g = (e, t) => {
      throw t;
    }, w = self.location.href, S = "";
    if (s || f7) {
      try {
        S = new URL(".", w).href;
      } catch {
      }
      f7 && (b = (e) => {
        var t = new XMLHttpRequest();
        return t.open("GET", e, false), t.responseType = "arraybuffer", t.send(null), new Uint8Array(t.response);
      }), l = async (e) => {
        if (oe(e)) return new Promise((n, o) => {
          var u = new XMLHttpRequest();
          u.open("GET", e, true), u.responseType = "arraybuffer", u.onload = () => {
            u.status == 200 || u.status == 0 && u.response ? n(u.response) : o(u.status);
          }, u.onerror = o, u.send(null);
        });
        var t = await fetch(e, { credentials: "same-origin" });
        if (t.ok) return t.arrayBuffer();
        throw Error(t.status + " : " + t.url);
      };
    }
    var v, T, A, C, _, k, U = console.log.bind(console), M = console.error.bind(console), Y = U, O = M, $ = false, oe = (e) => e.startsWith("file://");
    function d() {
      ke.buffer != Z.buffer && se();
    }
    if (i) {
      let e = function(t) {
        try {
          var n = t.data, o = n.$c;
          if (o === "load") {
            let u = [];
            self.onmessage = (c) => u.push(c), k = () => {
              postMessage({ $c: "loaded" });
              for (let c of u) e(c);
              self.onmessage = e;
            };
            for (let c of n.ue) r[c] && !r[c].proxy || (r[c] = (...h) => {
              postMessage({ $c: "callHandler", te: c, args: h });
            }, c == "print" && (Y = r[c]), c == "printErr" && (O = r[c]));
            ke = n.Me, se(), T = n.Ne, wt(), jt();
          } else if (o === "run") {
            (function(u) {
              var c = (d(), E)[u + 52 >>> 2 >>> 0];
              u = (d(), E)[u + 56 >>> 2 >>> 0], Fo(c, c - u), D(c);
            })(n.Xc), zr(n.Xc, 0, 0, 1, 0, 0), wn(), Br(n.Xc), te || (vo(), te = true);
            try {
              ei(n.ze, n.kd);
            } catch (u) {
              if (u != "unwind") throw u;
            }
          } else n.target !== "setimmediate" && (o === "checkMailbox" ? te && _t() : o && (O(`worker: received unknown command ${o}`), O(n)));
        } catch (u) {
          throw _o(), u;
        }
      };
      var Vc = e, te = false;
      self.onunhandledrejection = (t) => {
        throw t.reason || t;
      }, self.onmessage = e;
    }
    var Z, X, De, K, I, E, R, ae, pe, J, ge, ne = false;
    function se() {
      var e = ke.buffer;
      r.HEAP8 = Z = new Int8Array(e), De = new Int16Array(e), r.HEAPU8 = X = new Uint8Array(e), K = new Uint16Array(e), r.HEAP32 = I = new Int32Array(e), r.HEAPU32 = E = new Uint32Array(e), R = new Float32Array(e), ae = new Float64Array(e), pe = new BigInt64Array(e), J = new BigUint64Array(e);
    }
    function wr() {
      ne = true, i ? k() : Ne.hc();
    }
    function we(e) {
      throw O(e = "Aborted(" + e + ")"), $ = true, e = new WebAssembly.RuntimeError(e + ". Build with -sASSERTIONS for more info."), _?.(e), e;
    }
    function qe() {
      return { a: { qa: Af, f: ti, K: ri, k: ni, p: oi, l: ai, fa: si, b: ii, da: ui, gc: An, q: fi, ea: On, Ua: Mn, cc: Cn, ec: Dn, Va: Pn, Sa: Un, La: _n, Ra: Rn, oa: Nn, dc: Wn, ac: kn, Ta: Fn, bc: Gn, _a: ci, Ba: li, Xb: pi, Vb: hi, Aa: gi, O: yi, J: wi, Wb: Ti, ka: Li, Yb: Bi, Oa: Oi, _b: Ci, Ea: Di, Tb: Pi, Ca: Ui, Na: Br, Xa: _i, U: ki, n: Vi, c: Ir, qb: ji, w: Hi, N: qi, A: Yi, j: Ji, o: Jn, rb: Xi, H: Zi, T: Ki, g: Qi, u: eu, m: tu, i: ru, Ia: nu, Ja: ou, Ka: au, Ga: Qn, Ha: eo, Ub: to, ab: iu, Za: cu, Z: du, pb: lu, Da: pu, Ya: uu, X: mu, Wa: hu, $b: bu, G: su, db: gu, _: yu, pa: Ft, Zb: Tu, cb: wu, bb: vu, lb: Uu, z: _u, sa: Ru, ra: Nu, nb: Wu, Y: ku, v: Fu, kb: Gu, jb: $u, ib: zu, mb: Vu, gb: ju, fb: Hu, eb: qu, Pa: po, Qa: mo, fc: vr, W: ho, Fa: bo, ma: go, Ma: yo, la: wo, Fb: fc, va: nc, Gb: uc, wa: rc, E: zf, e: Of, r: Lf, x: If, C: kf, Ib: Qf, ca: Kf, D: Df, xa: ec, aa: oc, ha: Zf, Jb: Xf, Kb: Jf, za: jf, Lb: qf, ya: Yf, Mb: Hf, ua: ic, ba: tc, d: Bf, B: Cf, s: Mf, Eb: cc, t: Uf, y: Gf, F: Pf, I: _f, L: $f, Nb: Vf, R: ac, ia: Wf, $: sc, Pb: Nf, Rb: Rf, Ob: Ff, h: Ju, a: ke, $a: Ye, Hb: Xu, V: Zu, M: Ku, na: Qu, Db: ef, ja: tf, S: rf, Ab: nf, Bb: of, vb: af, wb: sf, P: uf, xb: ff, yb: cf, ta: df, Sb: lf, ob: pf, Q: mf, hb: hf, Cb: bf, sb: gf, tb: wf, ub: Tf, ga: vf, zb: Ef, Qb: Sf } };
    }
    async function wt() {
      function e(o, u) {
        var c = Ne = o.exports;
        o = {};
        for (let [h, m] of Object.entries(c)) typeof m == "function" ? (c = Ri(m), o[h] = c) : o[h] = m;
        return Ne = o, Ne = (function() {
          var h = Ne, m = (x) => (N) => x(N) >>> 0, y = (x) => () => x() >>> 0;
          return (h = Object.assign({}, h)).ic = m(h.ic), h.Nc = y(h.Nc), h.Pc = m(h.Pc), h.Bd = /* @__PURE__ */ ((x) => (N, F) => x(N, F) >>> 0)(h.Bd), h.Gd = m(h.Gd), h.Hd = y(h.Hd), h.Ld = m(h.Ld), h;
        })(), gn.push(Ne.sd), To = (o = Ne).ic, vo = o.jc, r._OrtInit = o.kc, r._OrtGetLastError = o.lc, r._OrtCreateSessionOptions = o.mc, r._OrtAppendExecutionProvider = o.nc, r._OrtAddFreeDimensionOverride = o.oc, r._OrtAddSessionConfigEntry = o.pc, r._OrtReleaseSessionOptions = o.qc, r._OrtCreateSession = o.rc, r._OrtReleaseSession = o.sc, r._OrtGetInputOutputCount = o.tc, r._OrtGetInputOutputMetadata = o.uc, r._OrtFree = o.vc, r._OrtCreateTensor = o.wc, r._OrtGetTensorData = o.xc, r._OrtReleaseTensor = o.yc, r._OrtCreateRunOptions = o.zc, r._OrtAddRunConfigEntry = o.Ac, r._OrtReleaseRunOptions = o.Bc, r._OrtCreateBinding = o.Cc, r._OrtBindInput = o.Dc, r._OrtBindOutput = o.Ec, r._OrtClearBoundOutputs = o.Fc, r._OrtReleaseBinding = o.Gc, r._OrtRunWithBinding = o.Hc, r._OrtRun = o.Ic, r._OrtEndProfiling = o.Jc, Eo = r._OrtCreateWebGpuInstance = o.Kc, r._wgpuCreateInstance = o.Lc, Nr = r._OrtGetWebGpuDevice = o.Mc, zt = o.Nc, ve = r._free = o.Oc, Ke = r._malloc = o.Pc, So = r._wgpuBufferRelease = o.Qc, xo = o.Rc, Ao = o.Sc, Io = o.Tc, Lo = o.Uc, Bo = o.Vc, Oo = o.Yc, Mo = o.Zc, Co = o.hd, Do = o.id, Po = o.jd, Wr = o.ld, kr = o.md, Fr = o.nd, Gr = o.od, St = o.pd, $r = o.qd, Uo = o.rd, zr = o.ud, _o = o.vd, Ro = o.wd, No = o.xd, Vr = o.yd, Wo = o.zd, ko = o.Ad, jr = o.Bd, W = o.Cd, xt = o.Dd, Fo = o.Ed, D = o.Fd, Vt = o.Gd, P = o.Hd, Go = o.Id, Hr = o.Jd, $o = o.Kd, zo = o.Ld, Vo = o.Md, qr = o.Nd, jo = o.Od, Ho = o.Pd, qo = o.Qd, Yo = o.Rd, Jo = o.Sd, Xo = o.Td, Zo = o.Ud, Ko = o.Vd, Qo = o.Wd, ea = o.Xd, ta = o.Yd, ra = o.Zd, na = o._d, oa = o.$d, aa = o.ae, sa = o.be, ia = o.ce, ua = o.de, fa = o.fe, ca = o.ge, da = o.he, la = o.ie, pa = o.je, ma = o.ke, ha = o.le, ba = o.me, ga = o.Ae, ya = o.Be, wa = o.Ce, Ta = o.De, va = o.Ee, Ea = o.Fe, Sa = o.Ge, xa = o.He, Aa = o.Ie, Ia = o.Je, La = o.Ke, Ba = o.nf, Oa = o.of, Ma = o.pf, Ca = o.qf, T = u, Ne;
      }
      var t, n = qe();
      return r.instantiateWasm ? new Promise((o) => {
        r.instantiateWasm(n, (u, c) => {
          o(e(u, c));
        });
      }) : i ? e(new WebAssembly.Instance(T, qe()), T) : (ge ??= r.locateFile ? r.locateFile ? r.locateFile("ort-wasm-simd-threaded.asyncify.wasm", S) : S + "ort-wasm-simd-threaded.asyncify.wasm" : new URL("ort-wasm-simd-threaded.asyncify.wasm", self.location.href).href, t = await (async function(o) {
        var u = ge;
        if (!v && !oe(u)) try {
          var c = fetch(u, { credentials: "same-origin" });
          return await WebAssembly.instantiateStreaming(c, o);
        } catch (h) {
          O(`wasm streaming compile failed: ${h}`), O("falling back to ArrayBuffer instantiation");
        }
        return (async function(h, m) {
          try {
            var y = await (async function(x) {
              if (!v) try {
                var N = await l(x);
                return new Uint8Array(N);
              } catch {
              }
              if (x == ge && v) x = new Uint8Array(v);
              else {
                if (!b) throw "both async and sync fetching of the wasm failed";
                x = b(x);
              }
              return x;
            })(h);
            return await WebAssembly.instantiate(y, m);
          } catch (x) {
            O(`failed to asynchronously prepare wasm: ${x}`), we(x);
          }
        })(u, o);
      })(n), e(t.instance, t.module));
    }
    class Tt {
      name = "ExitStatus";
      constructor(t) {
        this.message = `Program terminated with exit(${t})`, this.status = t;
      }
    }
    var Se = (e) => {
      e.terminate(), e.onmessage = () => {
      };
    }, xe = [], Be = 0, re = null, Q = (e) => {
      We.length == 0 && (vn(), Tn(We[0]));
      var t = We.pop();
      if (!t) return 6;
      vt.push(t), Je[e.Xc] = t, t.Xc = e.Xc;
      var n = { $c: "run", ze: e.ye, kd: e.kd, Xc: e.Xc };
      return t.postMessage(n, e.oe), 0;
    }, z = 0, H = (e, t, ...n) => {
      var o, u = 16 * n.length, c = P(), h = Vt(u), m = h >>> 3;
      for (o of n) typeof o == "bigint" ? ((d(), pe)[m++ >>> 0] = 1n, (d(), pe)[m++ >>> 0] = o) : ((d(), pe)[m++ >>> 0] = 0n, (d(), ae)[m++ >>> 0] = o);
      return e = Ro(e, 0, u, h, t), D(c), e;
    };
    function Ye(e) {
      if (i) return H(0, 1, e);
      if (A = e, !(0 < z)) {
        for (var t of vt) Se(t);
        for (t of We) Se(t);
        We = [], vt = [], Je = {}, $ = true;
      }
      g(0, new Tt(e));
    }
    function Tr(e) {
      if (i) return H(1, 0, e);
      vr(e);
    }
    var vr = (e) => {
      if (A = e, i) throw Tr(e), "unwind";
      Ye(e);
    }, We = [], vt = [], gn = [], Je = {}, yn = (e) => {
      var t = e.Xc;
      delete Je[t], We.push(e), vt.splice(vt.indexOf(e), 1), e.Xc = 0, No(t);
    };
    function wn() {
      gn.forEach((e) => e());
    }
    var Tn = (e) => new Promise((t) => {
      e.onmessage = (u) => {
        var c = u.data;
        if (u = c.$c, c.gd && c.gd != zt()) {
          var h = Je[c.gd];
          h ? h.postMessage(c, c.oe) : O(`Internal error! Worker sent a message "${u}" to target pthread ${c.gd}, but that thread no longer exists!`);
        } else u === "checkMailbox" ? _t() : u === "spawnThread" ? Q(c) : u === "cleanupThread" ? me(() => {
          yn(Je[c.Le]);
        }) : u === "loaded" ? (e.loaded = true, t(e)) : c.target === "setimmediate" ? e.postMessage(c) : u === "uncaughtException" ? e.onerror(c.error) : u === "callHandler" ? r[c.te](...c.args) : u && O(`worker sent an unknown command ${u}`);
      }, e.onerror = (u) => {
        throw O(`worker sent an error! ${u.filename}:${u.lineno}: ${u.message}`), u;
      };
      var n, o = [];
      for (n of []) r.propertyIsEnumerable(n) && o.push(n);
      e.postMessage({ $c: "load", ue: o, Me: ke, Ne: T });
    });
    function vn() {
      var e = new Worker((() => {
        let t = URL;
        return self.location.href > "file:" && self.location.href < "file;" ? new t("ort.webgpu.bundle.min.mjs", self.location.href) : new URL(self.location.href);
      })(), { type: "module", workerData: "em-pthread", name: "em-pthread" });
      We.push(e);
    }
    var ke, ei = (e, t) => {
      z = 0, e = qr(e, t), 0 < z ? A = e : Vr(e);
    }, Pt = [], Ut = 0, ue = (e) => -9007199254740992 > e || 9007199254740992 < e ? NaN : Number(e);
    function ti(e) {
      var t = new Er(e >>>= 0);
      return (d(), Z)[t.ad + 12 >>> 0] == 0 && (En(t, true), Ut--), Sn(t, false), Pt.push(t), zo(e);
    }
    var dt = 0, ri = () => {
      W(0, 0);
      var e = Pt.pop();
      Go(e.td), dt = 0;
    };
    function En(e, t) {
      t = t ? 1 : 0, (d(), Z)[e.ad + 12 >>> 0] = t;
    }
    function Sn(e, t) {
      t = t ? 1 : 0, (d(), Z)[e.ad + 13 >>> 0] = t;
    }
    class Er {
      constructor(t) {
        this.td = t, this.ad = t - 24;
      }
    }
    var Sr = (e) => {
      var t = dt;
      if (!t) return xt(0), 0;
      var n = new Er(t);
      (d(), E)[n.ad + 16 >>> 2 >>> 0] = t;
      var o = (d(), E)[n.ad + 4 >>> 2 >>> 0];
      if (!o) return xt(0), t;
      for (var u of e) {
        if (u === 0 || u === o) break;
        if ($o(u, o, n.ad + 16)) return xt(u), t;
      }
      return xt(o), t;
    };
    function ni() {
      return Sr([]);
    }
    function oi(e) {
      return Sr([e >>> 0]);
    }
    function ai(e, t, n, o) {
      return Sr([e >>> 0, t >>> 0, n >>> 0, o >>> 0]);
    }
    var si = () => {
      var e = Pt.pop();
      e || we("no exception to throw");
      var t = e.td;
      throw (d(), Z)[e.ad + 13 >>> 0] == 0 && (Pt.push(e), Sn(e, true), En(e, false), Ut++), Hr(t), dt = t;
    };
    function ii(e, t, n) {
      var o = new Er(e >>>= 0);
      throw t >>>= 0, n >>>= 0, (d(), E)[o.ad + 16 >>> 2 >>> 0] = 0, (d(), E)[o.ad + 4 >>> 2 >>> 0] = t, (d(), E)[o.ad + 8 >>> 2 >>> 0] = n, Hr(e), Ut++, dt = e;
    }
    var ui = () => Ut;
    function xn(e, t, n, o) {
      return i ? H(2, 1, e, t, n, o) : An(e, t, n, o);
    }
    function An(e, t, n, o) {
      if (e >>>= 0, t >>>= 0, n >>>= 0, o >>>= 0, !globalThis.SharedArrayBuffer) return 6;
      var u = [];
      return i && u.length === 0 ? xn(e, t, n, o) : (e = { ye: n, Xc: e, kd: o, oe: u }, i ? (e.$c = "spawnThread", postMessage(e, u), 0) : Q(e));
    }
    function fi(e) {
      throw dt ||= e >>> 0, dt;
    }
    var In = globalThis.TextDecoder && new TextDecoder(), Ln = (e, t, n, o) => {
      if (n = t + n, o) return n;
      for (; e[t] && !(t >= n); ) ++t;
      return t;
    }, Bn = (e, t = 0, n, o) => {
      if (16 < (n = Ln(e, t >>>= 0, n, o)) - t && e.buffer && In) return In.decode(e.buffer instanceof ArrayBuffer ? e.subarray(t, n) : e.slice(t, n));
      for (o = ""; t < n; ) {
        var u = e[t++];
        if (128 & u) {
          var c = 63 & e[t++];
          if ((224 & u) == 192) o += String.fromCharCode((31 & u) << 6 | c);
          else {
            var h = 63 & e[t++];
            65536 > (u = (240 & u) == 224 ? (15 & u) << 12 | c << 6 | h : (7 & u) << 18 | c << 12 | h << 6 | 63 & e[t++]) ? o += String.fromCharCode(u) : (u -= 65536, o += String.fromCharCode(55296 | u >> 10, 56320 | 1023 & u));
          }
        } else o += String.fromCharCode(u);
      }
      return o;
    }, lt = (e, t, n) => (e >>>= 0) ? Bn((d(), X), e, t, n) : "";
    function On(e, t, n) {
      return i ? H(3, 1, e, t, n) : 0;
    }
    function Mn(e, t) {
      if (i) return H(4, 1, e, t);
    }
    function Cn(e, t) {
      if (i) return H(5, 1, e, t);
    }
    function Dn(e, t, n) {
      if (i) return H(6, 1, e, t, n);
    }
    function Pn(e, t, n) {
      return i ? H(7, 1, e, t, n) : 0;
    }
    function Un(e, t) {
      if (i) return H(8, 1, e, t);
    }
    function _n(e, t, n) {
      if (i) return H(9, 1, e, t, n);
    }
    function Rn(e, t, n, o) {
      if (i) return H(10, 1, e, t, n, o);
    }
    function Nn(e, t, n, o) {
      if (i) return H(11, 1, e, t, n, o);
    }
    function Wn(e, t, n, o) {
      if (i) return H(12, 1, e, t, n, o);
    }
    function kn(e) {
      if (i) return H(13, 1, e);
    }
    function Fn(e, t) {
      if (i) return H(14, 1, e, t);
    }
    function Gn(e, t, n) {
      if (i) return H(15, 1, e, t, n);
    }
    var ci = () => we(""), Oe = (e) => {
      e >>>= 0;
      for (var t = ""; ; ) {
        var n = (d(), X)[e++ >>> 0];
        if (!n) return t;
        t += String.fromCharCode(n);
      }
    }, xr = {}, Ar = {}, di = {}, pt = class extends Error {
      constructor(e) {
        super(e), this.name = "BindingError";
      }
    };
    function Pe(e, t, n = {}) {
      return (function(o, u, c = {}) {
        var h = u.name;
        if (!o) throw new pt(`type "${h}" must have a positive integer typeid pointer`);
        if (Ar.hasOwnProperty(o)) {
          if (c.ve) return;
          throw new pt(`Cannot register type '${h}' twice`);
        }
        Ar[o] = u, delete di[o], xr.hasOwnProperty(o) && (u = xr[o], delete xr[o], u.forEach((m) => m()));
      })(e, t, n);
    }
    var $n = (e, t, n) => {
      switch (t) {
        case 1:
          return n ? (o) => (d(), Z)[o >>> 0] : (o) => (d(), X)[o >>> 0];
        case 2:
          return n ? (o) => (d(), De)[o >>> 1 >>> 0] : (o) => (d(), K)[o >>> 1 >>> 0];
        case 4:
          return n ? (o) => (d(), I)[o >>> 2 >>> 0] : (o) => (d(), E)[o >>> 2 >>> 0];
        case 8:
          return n ? (o) => (d(), pe)[o >>> 3 >>> 0] : (o) => (d(), J)[o >>> 3 >>> 0];
        default:
          throw new TypeError(`invalid integer width (${t}): ${e}`);
      }
    };
    function li(e, t, n, o, u) {
      e >>>= 0, n >>>= 0, t = Oe(t >>> 0);
      let c = (h) => h;
      if (o = o === 0n) {
        let h = 8 * n;
        c = (m) => BigInt.asUintN(h, m), u = c(u);
      }
      Pe(e, { name: t, Wc: c, cd: (h, m) => (typeof m == "number" && (m = BigInt(m)), m), bd: $n(t, n, !o), dd: null });
    }
    function pi(e, t, n, o) {
      Pe(e >>>= 0, { name: t = Oe(t >>> 0), Wc: function(u) {
        return !!u;
      }, cd: function(u, c) {
        return c ? n : o;
      }, bd: function(u) {
        return this.Wc((d(), X)[u >>> 0]);
      }, dd: null });
    }
    var zn = [], Xe = [0, 1, , 1, null, 1, true, 1, false, 1];
    function Ir(e) {
      9 < (e >>>= 0) && --Xe[e + 1] === 0 && (Xe[e] = void 0, zn.push(e));
    }
    var Te = (e) => {
      if (!e) throw new pt(`Cannot use deleted val. handle = ${e}`);
      return Xe[e];
    }, Ae = (e) => {
      switch (e) {
        case void 0:
          return 2;
        case null:
          return 4;
        case true:
          return 6;
        case false:
          return 8;
        default:
          let t = zn.pop() || Xe.length;
          return Xe[t] = e, Xe[t + 1] = 1, t;
      }
    };
    function Lr(e) {
      return this.Wc((d(), E)[e >>> 2 >>> 0]);
    }
    var mi = { name: "emscripten::val", Wc: (e) => {
      var t = Te(e);
      return Ir(e), t;
    }, cd: (e, t) => Ae(t), bd: Lr, dd: null };
    function hi(e) {
      return Pe(e >>> 0, mi);
    }
    var bi = (e, t) => {
      switch (t) {
        case 4:
          return function(n) {
            return this.Wc((d(), R)[n >>> 2 >>> 0]);
          };
        case 8:
          return function(n) {
            return this.Wc((d(), ae)[n >>> 3 >>> 0]);
          };
        default:
          throw new TypeError(`invalid float width (${t}): ${e}`);
      }
    };
    function gi(e, t, n) {
      n >>>= 0, Pe(e >>>= 0, { name: t = Oe(t >>> 0), Wc: (o) => o, cd: (o, u) => u, bd: bi(t, n), dd: null });
    }
    function yi(e, t, n, o, u) {
      e >>>= 0, n >>>= 0, t = Oe(t >>> 0);
      let c = (m) => m;
      if (o === 0) {
        var h = 32 - 8 * n;
        c = (m) => m << h >>> h, u = c(u);
      }
      Pe(e, { name: t, Wc: c, cd: (m, y) => y, bd: $n(t, n, o !== 0), dd: null });
    }
    function wi(e, t, n) {
      function o(c) {
        var h = (d(), E)[c >>> 2 >>> 0];
        return c = (d(), E)[c + 4 >>> 2 >>> 0], new u((d(), Z).buffer, c, h);
      }
      var u = [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array][t];
      Pe(e >>>= 0, { name: n = Oe(n >>> 0), Wc: o, bd: o }, { ve: true });
    }
    var Ue = (e, t, n) => {
      var o = (d(), X);
      if (t >>>= 0, 0 < n) {
        var u = t;
        n = t + n - 1;
        for (var c = 0; c < e.length; ++c) {
          var h = e.codePointAt(c);
          if (127 >= h) {
            if (t >= n) break;
            o[t++ >>> 0] = h;
          } else if (2047 >= h) {
            if (t + 1 >= n) break;
            o[t++ >>> 0] = 192 | h >> 6, o[t++ >>> 0] = 128 | 63 & h;
          } else if (65535 >= h) {
            if (t + 2 >= n) break;
            o[t++ >>> 0] = 224 | h >> 12, o[t++ >>> 0] = 128 | h >> 6 & 63, o[t++ >>> 0] = 128 | 63 & h;
          } else {
            if (t + 3 >= n) break;
            o[t++ >>> 0] = 240 | h >> 18, o[t++ >>> 0] = 128 | h >> 12 & 63, o[t++ >>> 0] = 128 | h >> 6 & 63, o[t++ >>> 0] = 128 | 63 & h, c++;
          }
        }
        o[t >>> 0] = 0, e = t - u;
      } else e = 0;
      return e;
    }, _e = (e) => {
      for (var t = 0, n = 0; n < e.length; ++n) {
        var o = e.charCodeAt(n);
        127 >= o ? t++ : 2047 >= o ? t += 2 : 55296 <= o && 57343 >= o ? (t += 4, ++n) : t += 3;
      }
      return t;
    };
    function Ti(e, t) {
      Pe(e >>>= 0, { name: t = Oe(t >>> 0), Wc(n) {
        var o = (d(), E)[n >>> 2 >>> 0];
        return o = lt(n + 4, o, true), ve(n), o;
      }, cd(n, o) {
        o instanceof ArrayBuffer && (o = new Uint8Array(o));
        var u = typeof o == "string";
        if (!(u || ArrayBuffer.isView(o) && o.BYTES_PER_ELEMENT == 1)) throw new pt("Cannot pass non-string to std::string");
        var c = u ? _e(o) : o.length, h = Ke(4 + c + 1), m = h + 4;
        return (d(), E)[h >>> 2 >>> 0] = c, u ? Ue(o, m, c + 1) : (d(), X).set(o, m >>> 0), n !== null && n.push(ve, h), h;
      }, bd: Lr, dd(n) {
        ve(n);
      } });
    }
    var Vn = globalThis.TextDecoder ? new TextDecoder("utf-16le") : void 0, vi = (e, t, n) => {
      if (e >>>= 1, 16 < (t = Ln((d(), K), e, t / 2, n)) - e && Vn) return Vn.decode((d(), K).slice(e, t));
      for (n = ""; e < t; ++e) {
        var o = (d(), K)[e >>> 0];
        n += String.fromCharCode(o);
      }
      return n;
    }, Ei = (e, t, n) => {
      if (n ??= 2147483647, 2 > n) return 0;
      var o = t;
      n = (n -= 2) < 2 * e.length ? n / 2 : e.length;
      for (var u = 0; u < n; ++u) {
        var c = e.charCodeAt(u);
        (d(), De)[t >>> 1 >>> 0] = c, t += 2;
      }
      return (d(), De)[t >>> 1 >>> 0] = 0, t - o;
    }, Si = (e) => 2 * e.length, xi = (e, t, n) => {
      var o = "";
      e >>>= 2;
      for (var u = 0; !(u >= t / 4); u++) {
        var c = (d(), E)[e + u >>> 0];
        if (!c && !n) break;
        o += String.fromCodePoint(c);
      }
      return o;
    }, Ai = (e, t, n) => {
      if (t >>>= 0, n ??= 2147483647, 4 > n) return 0;
      var o = t;
      n = o + n - 4;
      for (var u = 0; u < e.length; ++u) {
        var c = e.codePointAt(u);
        if (65535 < c && u++, (d(), I)[t >>> 2 >>> 0] = c, (t += 4) + 4 > n) break;
      }
      return (d(), I)[t >>> 2 >>> 0] = 0, t - o;
    }, Ii = (e) => {
      for (var t = 0, n = 0; n < e.length; ++n) 65535 < e.codePointAt(n) && n++, t += 4;
      return t;
    };
    function Li(e, t, n) {
      if (e >>>= 0, t >>>= 0, n = Oe(n >>>= 0), t === 2) var o = vi, u = Ei, c = Si;
      else o = xi, u = Ai, c = Ii;
      Pe(e, { name: n, Wc: (h) => {
        var m = (d(), E)[h >>> 2 >>> 0];
        return m = o(h + 4, m * t, true), ve(h), m;
      }, cd: (h, m) => {
        if (typeof m != "string") throw new pt(`Cannot pass non-string to C++ string type ${n}`);
        var y = c(m), x = Ke(4 + y + t);
        return (d(), E)[x >>> 2 >>> 0] = y / t, u(m, x + 4, y + t), h !== null && h.push(ve, x), x;
      }, bd: Lr, dd(h) {
        ve(h);
      } });
    }
    function Bi(e, t) {
      Pe(e >>>= 0, { we: true, name: t = Oe(t >>> 0), Wc: () => {
      }, cd: () => {
      } });
    }
    function Oi(e) {
      zr(e >>> 0, !f7, 1, !s, 131072, false), wn();
    }
    var me = (e) => {
      if (!$) try {
        if (e(), !(0 < z)) try {
          i ? zt() && Vr(A) : vr(A);
        } catch (t) {
          t instanceof Tt || t == "unwind" || g(0, t);
        }
      } catch (t) {
        t instanceof Tt || t == "unwind" || g(0, t);
      }
    }, Mi = !Atomics.waitAsync || globalThis.navigator?.userAgent && 91 > Number((navigator.userAgent.match(/Chrom(e|ium)\/([0-9]+)\./) || [])[2]);
    function Br(e) {
      e >>>= 0, Mi || (Atomics.waitAsync((d(), I), e >>> 2, e).value.then(_t), e += 128, Atomics.store((d(), I), e >>> 2, 1));
    }
    var _t = () => me(() => {
      var e = zt();
      e && (Br(e), ko());
    });
    function Ci(e, t) {
      (e >>>= 0) == t >>> 0 ? setTimeout(_t) : i ? postMessage({ gd: e, $c: "checkMailbox" }) : (e = Je[e]) && e.postMessage({ $c: "checkMailbox" });
    }
    var Or = [];
    function Di(e, t, n, o, u) {
      for (t >>>= 0, u >>>= 0, Or.length = 0, n = u >>> 3, o = u + o >>> 3; n < o; ) {
        var c;
        c = (d(), pe)[n++ >>> 0] ? (d(), pe)[n++ >>> 0] : (d(), ae)[n++ >>> 0], Or.push(c);
      }
      return (t ? Yr[t] : xf[e])(...Or);
    }
    var Pi = () => {
      z = 0;
    };
    function Ui(e) {
      e >>>= 0, i ? postMessage({ $c: "cleanupThread", Le: e }) : yn(Je[e]);
    }
    function _i(e) {
    }
    var Rt = (e) => {
      try {
        e();
      } catch (t) {
        we(t);
      }
    };
    function Ri(e) {
      var t = (...n) => {
        Nt.push(e);
        try {
          return e(...n);
        } finally {
          $ || (Nt.pop(), Me && Fe === 1 && Nt.length === 0 && (Fe = 0, z += 1, Rt(Oa), typeof Fibers < "u" && Fibers.We()));
        }
      };
      return qn.set(e, t), t;
    }
    var Fe = 0, Me = null, jn = 0, Nt = [], Mr = /* @__PURE__ */ new Map(), Hn = /* @__PURE__ */ new Map(), qn = /* @__PURE__ */ new Map(), Ni = 0, Cr = null, Wi = [], Yn = (e) => (function(t) {
      if (!$) {
        if (Fe === 0) {
          var n = false, o = false;
          t((u = 0) => {
            if (!$ && (jn = u, n = true, o)) {
              Fe = 2, Rt(() => Ma(Me)), typeof MainLoop < "u" && MainLoop.se && MainLoop.resume(), u = false;
              try {
                var c = (function() {
                  var y = (d(), I)[Me + 8 >>> 2 >>> 0];
                  return y = Hn.get(y), y = qn.get(y), --z, y();
                })();
              } catch (y) {
                c = y, u = true;
              }
              var h = false;
              if (!Me) {
                var m = Cr;
                m && (Cr = null, (u ? m.reject : m.resolve)(c), h = true);
              }
              if (u && !h) throw c;
            }
          }), o = true, n || (Fe = 1, Me = (function() {
            var u = Ke(65548), c = u + 12;
            if ((d(), E)[u >>> 2 >>> 0] = c, (d(), E)[u + 4 >>> 2 >>> 0] = c + 65536, c = Nt[0], !Mr.has(c)) {
              var h = Ni++;
              Mr.set(c, h), Hn.set(h, c);
            }
            return c = Mr.get(c), (d(), I)[u + 8 >>> 2 >>> 0] = c, u;
          })(), typeof MainLoop < "u" && MainLoop.se && MainLoop.pause(), Rt(() => Ba(Me)));
        } else Fe === 2 ? (Fe = 0, Rt(Ca), ve(Me), Me = null, Wi.forEach(me)) : we(`invalid state: ${Fe}`);
        return jn;
      }
    })((t) => {
      e().then(t);
    });
    function ki(e) {
      return e >>>= 0, Yn(async () => {
        var t = await Te(e);
        return Ae(t);
      });
    }
    var Dr = [], Fi = (e) => {
      var t = Dr.length;
      return Dr.push(e), t;
    }, Gi = (e, t) => {
      for (var n = Array(e), o = 0; o < e; ++o) {
        var u = o, c = (d(), E)[t + 4 * o >>> 2 >>> 0], h = Ar[c];
        if (h === void 0) throw e = `parameter ${o}`, c = To(c), t = Oe(c), ve(c), new pt(`${e} has unknown type ${t}`);
        n[u] = h;
      }
      return n;
    }, $i = (e, t, n) => {
      var o = [];
      return e = e(o, n), o.length && ((d(), E)[t >>> 2 >>> 0] = Ae(o)), e;
    }, zi = {}, Wt = (e) => {
      var t = zi[e];
      return t === void 0 ? Oe(e) : t;
    };
    function Vi(e, t, n) {
      var [o, ...u] = Gi(e, t >>> 0);
      t = o.cd.bind(o);
      var c = u.map((y) => y.bd.bind(y));
      e--;
      var h = { toValue: Te };
      switch (e = c.map((y, x) => {
        var N = `argFromPtr${x}`;
        return h[N] = y, `${N}(args${x ? "+" + 8 * x : ""})`;
      }), n) {
        case 0:
          var m = "toValue(handle)";
          break;
        case 2:
          m = "new (toValue(handle))";
          break;
        case 3:
          m = "";
          break;
        case 1:
          h.getStringOrSymbol = Wt, m = "toValue(handle)[getStringOrSymbol(methodName)]";
      }
      return m += `(${e})`, o.we || (h.toReturnWire = t, h.emval_returnValue = $i, m = `return emval_returnValue(toReturnWire, destructorsRef, ${m})`), m = `return function (handle, methodName, destructorsRef, args) {
  ${m}
  }`, n = new Function(Object.keys(h), m)(...Object.values(h)), m = `methodCaller<(${u.map((y) => y.name)}) => ${o.name}>`, Fi(Object.defineProperty(n, "name", { value: m }));
    }
    function ji(e, t) {
      return t >>>= 0, (e = Te(e >>> 0)) == Te(t);
    }
    function Hi(e) {
      return (e >>>= 0) ? (e = Wt(e), Ae(globalThis[e])) : Ae(globalThis);
    }
    function qi(e) {
      return e = Wt(e >>> 0), Ae(r[e]);
    }
    function Yi(e, t) {
      return t >>>= 0, e = Te(e >>> 0), t = Te(t), Ae(e[t]);
    }
    function Ji(e) {
      9 < (e >>>= 0) && (Xe[e + 1] += 1);
    }
    function Jn(e, t, n, o, u) {
      return Dr[e >>> 0](t >>> 0, n >>> 0, o >>> 0, u >>> 0);
    }
    function Xi(e, t, n, o, u) {
      return Jn(e >>> 0, t >>> 0, n >>> 0, o >>> 0, u >>> 0);
    }
    function Zi() {
      return Ae([]);
    }
    function Ki(e) {
      e = Te(e >>> 0);
      for (var t = Array(e.length), n = 0; n < e.length; n++) t[n] = e[n];
      return Ae(t);
    }
    function Qi(e) {
      return Ae(Wt(e >>> 0));
    }
    function eu() {
      return Ae({});
    }
    function tu(e) {
      for (var t = Te(e >>>= 0); t.length; ) {
        var n = t.pop();
        t.pop()(n);
      }
      Ir(e);
    }
    function ru(e, t, n) {
      t >>>= 0, n >>>= 0, e = Te(e >>> 0), t = Te(t), n = Te(n), e[t] = n;
    }
    function nu(e, t) {
      e = ue(e), t >>>= 0, e = new Date(1e3 * e), (d(), I)[t >>> 2 >>> 0] = e.getUTCSeconds(), (d(), I)[t + 4 >>> 2 >>> 0] = e.getUTCMinutes(), (d(), I)[t + 8 >>> 2 >>> 0] = e.getUTCHours(), (d(), I)[t + 12 >>> 2 >>> 0] = e.getUTCDate(), (d(), I)[t + 16 >>> 2 >>> 0] = e.getUTCMonth(), (d(), I)[t + 20 >>> 2 >>> 0] = e.getUTCFullYear() - 1900, (d(), I)[t + 24 >>> 2 >>> 0] = e.getUTCDay(), e = (e.getTime() - Date.UTC(e.getUTCFullYear(), 0, 1, 0, 0, 0, 0)) / 864e5 | 0, (d(), I)[t + 28 >>> 2 >>> 0] = e;
    }
    var Xn = (e) => e % 4 == 0 && (e % 100 != 0 || e % 400 == 0), Zn = [0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335], Kn = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    function ou(e, t) {
      e = ue(e), t >>>= 0, e = new Date(1e3 * e), (d(), I)[t >>> 2 >>> 0] = e.getSeconds(), (d(), I)[t + 4 >>> 2 >>> 0] = e.getMinutes(), (d(), I)[t + 8 >>> 2 >>> 0] = e.getHours(), (d(), I)[t + 12 >>> 2 >>> 0] = e.getDate(), (d(), I)[t + 16 >>> 2 >>> 0] = e.getMonth(), (d(), I)[t + 20 >>> 2 >>> 0] = e.getFullYear() - 1900, (d(), I)[t + 24 >>> 2 >>> 0] = e.getDay();
      var n = (Xn(e.getFullYear()) ? Zn : Kn)[e.getMonth()] + e.getDate() - 1 | 0;
      (d(), I)[t + 28 >>> 2 >>> 0] = n, (d(), I)[t + 36 >>> 2 >>> 0] = -60 * e.getTimezoneOffset(), n = new Date(e.getFullYear(), 6, 1).getTimezoneOffset();
      var o = new Date(e.getFullYear(), 0, 1).getTimezoneOffset();
      e = 0 | (n != o && e.getTimezoneOffset() == Math.min(o, n)), (d(), I)[t + 32 >>> 2 >>> 0] = e;
    }
    function au(e) {
      e >>>= 0;
      var t = new Date((d(), I)[e + 20 >>> 2 >>> 0] + 1900, (d(), I)[e + 16 >>> 2 >>> 0], (d(), I)[e + 12 >>> 2 >>> 0], (d(), I)[e + 8 >>> 2 >>> 0], (d(), I)[e + 4 >>> 2 >>> 0], (d(), I)[e >>> 2 >>> 0], 0), n = (d(), I)[e + 32 >>> 2 >>> 0], o = t.getTimezoneOffset(), u = new Date(t.getFullYear(), 6, 1).getTimezoneOffset(), c = new Date(t.getFullYear(), 0, 1).getTimezoneOffset(), h = Math.min(c, u);
      return 0 > n ? (d(), I)[e + 32 >>> 2 >>> 0] = +(u != c && h == o) : 0 < n != (h == o) && (u = Math.max(c, u), t.setTime(t.getTime() + 6e4 * ((0 < n ? h : u) - o))), (d(), I)[e + 24 >>> 2 >>> 0] = t.getDay(), n = (Xn(t.getFullYear()) ? Zn : Kn)[t.getMonth()] + t.getDate() - 1 | 0, (d(), I)[e + 28 >>> 2 >>> 0] = n, (d(), I)[e >>> 2 >>> 0] = t.getSeconds(), (d(), I)[e + 4 >>> 2 >>> 0] = t.getMinutes(), (d(), I)[e + 8 >>> 2 >>> 0] = t.getHours(), (d(), I)[e + 12 >>> 2 >>> 0] = t.getDate(), (d(), I)[e + 16 >>> 2 >>> 0] = t.getMonth(), (d(), I)[e + 20 >>> 2 >>> 0] = t.getYear(), e = t.getTime(), BigInt(isNaN(e) ? -1 : e / 1e3);
    }
    function Qn(e, t, n, o, u, c, h) {
      return i ? H(16, 1, e, t, n, o, u, c, h) : -52;
    }
    function eo(e, t, n, o, u, c) {
      if (i) return H(17, 1, e, t, n, o, u, c);
    }
    var Et = {}, su = () => performance.timeOrigin + performance.now();
    function to(e, t) {
      if (i) return H(18, 1, e, t);
      if (Et[e] && (clearTimeout(Et[e].id), delete Et[e]), !t) return 0;
      var n = setTimeout(() => {
        delete Et[e], me(() => Wo(e, performance.timeOrigin + performance.now()));
      }, t);
      return Et[e] = { id: n, Ve: t }, 0;
    }
    function iu(e, t, n, o) {
      e >>>= 0, t >>>= 0, n >>>= 0, o >>>= 0;
      var u = (/* @__PURE__ */ new Date()).getFullYear(), c = new Date(u, 0, 1).getTimezoneOffset();
      u = new Date(u, 6, 1).getTimezoneOffset();
      var h = Math.max(c, u);
      (d(), E)[e >>> 2 >>> 0] = 60 * h, (d(), I)[t >>> 2 >>> 0] = +(c != u), e = (t = (m) => {
        var y = Math.abs(m);
        return `UTC${0 <= m ? "-" : "+"}${String(Math.floor(y / 60)).padStart(2, "0")}${String(y % 60).padStart(2, "0")}`;
      })(c), t = t(u), u < c ? (Ue(e, n, 17), Ue(t, o, 17)) : (Ue(e, o, 17), Ue(t, n, 17));
    }
    var uu = () => Date.now(), fu = 1;
    function cu(e, t, n) {
      if (n >>>= 0, !(0 <= e && 3 >= e)) return 28;
      if (e === 0) e = Date.now();
      else {
        if (!fu) return 52;
        e = performance.timeOrigin + performance.now();
      }
      return e = Math.round(1e6 * e), (d(), pe)[n >>> 3 >>> 0] = BigInt(e), 0;
    }
    var Pr = [], ro = (e, t) => {
      Pr.length = 0;
      for (var n; n = (d(), X)[e++ >>> 0]; ) {
        var o = n != 105;
        t += (o &= n != 112) && t % 8 ? 4 : 0, Pr.push(n == 112 ? (d(), E)[t >>> 2 >>> 0] : n == 106 ? (d(), pe)[t >>> 3 >>> 0] : n == 105 ? (d(), I)[t >>> 2 >>> 0] : (d(), ae)[t >>> 3 >>> 0]), t += o ? 8 : 4;
      }
      return Pr;
    };
    function du(e, t, n) {
      return e >>>= 0, t = ro(t >>> 0, n >>> 0), Yr[e](...t);
    }
    function lu(e, t, n) {
      return e >>>= 0, t = ro(t >>> 0, n >>> 0), Yr[e](...t);
    }
    var pu = () => {
    };
    function mu(e, t) {
      return O(lt(e >>> 0, t >>> 0));
    }
    var hu = () => {
      throw z += 1, "unwind";
    };
    function bu() {
      return 4294901760;
    }
    var gu = () => 1, yu = () => navigator.hardwareConcurrency, Ze = {}, no = (e) => {
      var t = _e(e) + 1, n = Ke(t);
      return n && Ue(e, n, t), n;
    }, kt = (e) => {
      var t;
      return (t = /\bwasm-function\[\d+\]:(0x[0-9a-f]+)/.exec(e)) ? +t[1] : (t = /:(\d+):\d+(?:\)|$)/.exec(e)) ? 2147483648 | +t[1] : 0;
    }, oo = (e) => {
      for (var t of e) (e = kt(t)) && (Ze[e] = t);
    };
    function wu() {
      var e = Error().stack.toString().split(`
`);
      return e[0] == "Error" && e.shift(), oo(e), Ze.ee = kt(e[3]), Ze.xe = e, Ze.ee;
    }
    function Ft(e) {
      if (!(e = Ze[e >>> 0])) return 0;
      var t;
      if (t = /^\s+at .*\.wasm\.(.*) \(.*\)$/.exec(e)) e = t[1];
      else if (t = /^\s+at (.*) \(.*\)$/.exec(e)) e = t[1];
      else {
        if (!(t = /^(.+?)@/.exec(e))) return 0;
        e = t[1];
      }
      return ve(Ft.ne ?? 0), Ft.ne = no(e), Ft.ne;
    }
    function Tu(e) {
      e >>>= 0;
      var t = (d(), X).length;
      if (e <= t || 4294901760 < e) return false;
      for (var n = 1; 4 >= n; n *= 2) {
        var o = t * (1 + 0.2 / n);
        o = Math.min(o, e + 100663296);
        e: {
          o = (Math.min(4294901760, 65536 * Math.ceil(Math.max(e, o) / 65536)) - ke.buffer.byteLength + 65535) / 65536 | 0;
          try {
            ke.grow(o), se();
            var u = 1;
            break e;
          } catch {
          }
          u = void 0;
        }
        if (u) return true;
      }
      return false;
    }
    function vu(e, t, n) {
      if (e >>>= 0, t >>>= 0, Ze.ee == e) var o = Ze.xe;
      else (o = Error().stack.toString().split(`
`))[0] == "Error" && o.shift(), oo(o);
      for (var u = 3; o[u] && kt(o[u]) != e; ) ++u;
      for (e = 0; e < n && o[e + u]; ++e) (d(), I)[t + 4 * e >>> 2 >>> 0] = kt(o[e + u]);
      return e;
    }
    var Ce = (e) => {
      var t = _e(e) + 1, n = Vt(t);
      return Ue(e, n, t), n;
    }, mt = (e) => (d(), E)[e >>> 2 >>> 0] + 4294967296 * (d(), I)[e + 4 >>> 2 >>> 0], fe = [], ao = (e, t) => {
      fe[e >>> 0] = t;
    }, Re = [], Gt = [], ht = (e, t) => {
      Gt[e] = new Promise((n) => t.finally(() => n(e)));
    }, B = (e) => {
      if (e) return fe[e >>> 0];
    }, Ur = (e, t) => {
      for (e = (d(), E)[e >>> 2 >>> 0]; e; e = (d(), E)[e >>> 2 >>> 0]) t[(d(), I)[e + 4 >>> 2 >>> 0]](e);
    }, $t = (e, t, n) => {
      (d(), E)[e >>> 2 >>> 0] = t, (d(), E)[e + 4 >>> 2 >>> 0] = n;
    }, so = (e) => {
      var t = (d(), E)[e >>> 2 >>> 0];
      return e = (d(), E)[e + 4 >>> 2 >>> 0], lt(t, e);
    }, Ie = (e) => {
      var t = (d(), E)[e >>> 2 >>> 0];
      return e = (d(), E)[e + 4 >>> 2 >>> 0], t ? lt(t, e) : e === 0 ? "" : void 0;
    }, Eu = (e) => {
      var t = Ie(e + 4), n = (n = (d(), E)[e + 12 >>> 2 >>> 0]) ? B(n) : "auto";
      if (e += 16) {
        var o = B((d(), E)[e + 4 >>> 2 >>> 0]), u = (d(), E)[e + 16 >>> 2 >>> 0], c = (d(), E)[e + 20 >>> 2 >>> 0];
        if (u) {
          for (var h = {}, m = 0; m < u; ++m) {
            var y = c + 24 * m;
            h[so(y + 4)] = (d(), ae)[y + 16 >>> 3 >>> 0];
          }
          u = h;
        } else u = void 0;
        e = { module: o, constants: u, entryPoint: Ie(e + 8) };
      } else e = void 0;
      return { label: t, layout: n, compute: e };
    }, io = (e, t) => {
      function n(c, h, m, y = 0) {
        c = e[c] ?? y, (d(), E)[h + m >>> 2 >>> 0] = c;
      }
      function o(c, h, m, y = 0) {
        h += m, c = e[c] ?? y, (d(), E)[h >>> 2 >>> 0] = c, y = (d(), E)[h >>> 2 >>> 0], (d(), E)[h + 4 >>> 2 >>> 0] = (c - y) / 4294967296;
      }
      var u = (d(), E)[t >>> 2 >>> 0];
      n("maxTextureDimension1D", t, 4), n("maxTextureDimension2D", t, 8), n("maxTextureDimension3D", t, 12), n("maxTextureArrayLayers", t, 16), n("maxBindGroups", t, 20), n("maxBindGroupsPlusVertexBuffers", t, 24), n("maxBindingsPerBindGroup", t, 28), n("maxDynamicUniformBuffersPerPipelineLayout", t, 32), n("maxDynamicStorageBuffersPerPipelineLayout", t, 36), n("maxSampledTexturesPerShaderStage", t, 40), n("maxSamplersPerShaderStage", t, 44), n("maxStorageBuffersPerShaderStage", t, 48), n("maxStorageTexturesPerShaderStage", t, 52), n("maxUniformBuffersPerShaderStage", t, 56), n("minUniformBufferOffsetAlignment", t, 80), n("minStorageBufferOffsetAlignment", t, 84), o("maxUniformBufferBindingSize", t, 64), o("maxStorageBufferBindingSize", t, 72), n("maxVertexBuffers", t, 88), o("maxBufferSize", t, 96), n("maxVertexAttributes", t, 104), n("maxVertexBufferArrayStride", t, 108), n("maxInterStageShaderVariables", t, 112), n("maxColorAttachments", t, 116), n("maxColorAttachmentBytesPerSample", t, 120), n("maxComputeWorkgroupStorageSize", t, 124), n("maxComputeInvocationsPerWorkgroup", t, 128), n("maxComputeWorkgroupSizeX", t, 132), n("maxComputeWorkgroupSizeY", t, 136), n("maxComputeWorkgroupSizeZ", t, 140), n("maxComputeWorkgroupsPerDimension", t, 144), n("maxImmediateSize", t, 148), u !== 0 && (d(), n("maxStorageBuffersInVertexStage", u, 8, e.maxStorageBuffersPerShaderStage), n("maxStorageBuffersInFragmentStage", u, 16, e.maxStorageBuffersPerShaderStage), n("maxStorageTexturesInVertexStage", u, 12, e.maxStorageTexturesPerShaderStage), n("maxStorageTexturesInFragmentStage", u, 20, e.maxStorageTexturesPerShaderStage));
    }, Su = (e, t) => {
      (d(), E)[t + 52 >>> 2 >>> 0] = e.subgroupMinSize, (d(), E)[t + 56 >>> 2 >>> 0] = e.subgroupMaxSize;
      var n = no(e.vendor + e.architecture + e.device + e.description), o = _e(e.vendor);
      $t(t + 4, n, o), n += o, o = _e(e.architecture), $t(t + 12, n, o), n += o, o = _e(e.device), $t(t + 20, n, o), n += o, o = _e(e.description), $t(t + 28, n, o), n += o, (d(), I)[t + 36 >>> 2 >>> 0] = 2, n = e.isFallbackAdapter ? 3 : 4, (d(), I)[t + 40 >>> 2 >>> 0] = n, (d(), E)[t + 44 >>> 2 >>> 0] = 0, (d(), E)[t + 48 >>> 2 >>> 0] = 0, Ur(t, { 327739: (u) => {
        let c = 0, h = 0;
        if (e.subgroupMatrixConfigs) {
          c = e.subgroupMatrixConfigs.length, h = Ke(20 * c);
          for (let [m, y] of e.subgroupMatrixConfigs.entries()) {
            let x = h + 20 * m, N = fo.indexOf(y.componentType), F = fo.indexOf(y.resultComponentType);
            (d(), I)[x >>> 2 >>> 0] = N, (d(), I)[x + 4 >>> 2 >>> 0] = F, (d(), E)[x + 8 >>> 2 >>> 0] = y.M, (d(), E)[x + 12 >>> 2 >>> 0] = y.N, (d(), E)[x + 16 >>> 2 >>> 0] = y.K;
          }
        }
        (d(), E)[u + 12 >>> 2 >>> 0] = h, (d(), E)[u + 8 >>> 2 >>> 0] = c;
      } });
    }, xu = [, , "uniform", "storage", "read-only-storage"], Au = [, "validation", "out-of-memory", "internal"], Iu = [, "compatibility", "core"], uo = { 1: "core-features-and-limits", 2: "depth-clip-control", 3: "depth32float-stencil8", 4: "texture-compression-bc", 5: "texture-compression-bc-sliced-3d", 6: "texture-compression-etc2", 7: "texture-compression-astc", 8: "texture-compression-astc-sliced-3d", 9: "timestamp-query", 10: "indirect-first-instance", 11: "shader-f16", 12: "rg11b10ufloat-renderable", 13: "bgra8unorm-storage", 14: "float32-filterable", 15: "float32-blendable", 16: "clip-distances", 17: "dual-source-blending", 18: "subgroups", 19: "texture-formats-tier1", 20: "texture-formats-tier2", 21: "primitive-index", 22: "texture-component-swizzle", 23: "subgroup-size-control", 327692: "chromium-experimental-unorm16-texture-formats", 327729: "chromium-experimental-multi-draw-indirect", 327732: "chromium-experimental-subgroup-matrix" }, Lu = [, "low-power", "high-performance"], Bu = [, "occlusion", "timestamp"], Ou = [, , "filtering", "non-filtering", "comparison"], Mu = [, , "write-only", "read-only", "read-write"], fo = [, "f32", "f16", "u32", "i32", "u8", "i8"], Cu = [, "r8unorm", "r8snorm", "r8uint", "r8sint", "r16unorm", "r16snorm", "r16uint", "r16sint", "r16float", "rg8unorm", "rg8snorm", "rg8uint", "rg8sint", "r32float", "r32uint", "r32sint", "rg16unorm", "rg16snorm", "rg16uint", "rg16sint", "rg16float", "rgba8unorm", "rgba8unorm-srgb", "rgba8snorm", "rgba8uint", "rgba8sint", "bgra8unorm", "bgra8unorm-srgb", "rgb10a2uint", "rgb10a2unorm", "rg11b10ufloat", "rgb9e5ufloat", "rg32float", "rg32uint", "rg32sint", "rgba16unorm", "rgba16snorm", "rgba16uint", "rgba16sint", "rgba16float", "rgba32float", "rgba32uint", "rgba32sint", "stencil8", "depth16unorm", "depth24plus", "depth24plus-stencil8", "depth32float", "depth32float-stencil8", "bc1-rgba-unorm", "bc1-rgba-unorm-srgb", "bc2-rgba-unorm", "bc2-rgba-unorm-srgb", "bc3-rgba-unorm", "bc3-rgba-unorm-srgb", "bc4-r-unorm", "bc4-r-snorm", "bc5-rg-unorm", "bc5-rg-snorm", "bc6h-rgb-ufloat", "bc6h-rgb-float", "bc7-rgba-unorm", "bc7-rgba-unorm-srgb", "etc2-rgb8unorm", "etc2-rgb8unorm-srgb", "etc2-rgb8a1unorm", "etc2-rgb8a1unorm-srgb", "etc2-rgba8unorm", "etc2-rgba8unorm-srgb", "eac-r11unorm", "eac-r11snorm", "eac-rg11unorm", "eac-rg11snorm", "astc-4x4-unorm", "astc-4x4-unorm-srgb", "astc-5x4-unorm", "astc-5x4-unorm-srgb", "astc-5x5-unorm", "astc-5x5-unorm-srgb", "astc-6x5-unorm", "astc-6x5-unorm-srgb", "astc-6x6-unorm", "astc-6x6-unorm-srgb", "astc-8x5-unorm", "astc-8x5-unorm-srgb", "astc-8x6-unorm", "astc-8x6-unorm-srgb", "astc-8x8-unorm", "astc-8x8-unorm-srgb", "astc-10x5-unorm", "astc-10x5-unorm-srgb", "astc-10x6-unorm", "astc-10x6-unorm-srgb", "astc-10x8-unorm", "astc-10x8-unorm-srgb", "astc-10x10-unorm", "astc-10x10-unorm-srgb", "astc-12x10-unorm", "astc-12x10-unorm-srgb", "astc-12x12-unorm", "astc-12x12-unorm-srgb"], Du = [, , "float", "unfilterable-float", "depth", "sint", "uint"], co = [, "1d", "2d", "2d-array", "cube", "cube-array", "3d"], Pu = { undefined: 1, unknown: 1, destroyed: 2 };
    function Uu(e, t, n, o, u, c) {
      t = ue(t), n = ue(n), o >>>= 0, u >>>= 0, c >>>= 0;
      var h = B(e >>> 0);
      if (e = {}, c) {
        var m = (d(), E)[c + 12 >>> 2 >>> 0];
        if (m) {
          var y = (d(), E)[c + 16 >>> 2 >>> 0];
          e.requiredFeatures = Array.from((d(), E).subarray(y >>> 2 >>> 0, y + 4 * m >>> 2 >>> 0), (L) => uo[L]);
        }
        if (m = (d(), E)[c + 20 >>> 2 >>> 0]) {
          let L = function(he, de, Qe, et = false) {
            de += Qe, (de = (d(), E)[de >>> 2 >>> 0]) == 4294967295 || et && de == 0 || (x[he] = de);
          }, q = function(he, de, Qe) {
            de += Qe, Qe = (d(), E)[de >>> 2 >>> 0];
            var et = (d(), E)[de + 4 >>> 2 >>> 0];
            Qe == 4294967295 && et == 4294967295 || (x[he] = mt(de));
          };
          var N = L, F = q;
          y = (d(), E)[m >>> 2 >>> 0];
          var x = {};
          L("maxTextureDimension1D", m, 4), L("maxTextureDimension2D", m, 8), L("maxTextureDimension3D", m, 12), L("maxTextureArrayLayers", m, 16), L("maxBindGroups", m, 20), L("maxBindGroupsPlusVertexBuffers", m, 24), L("maxBindingsPerBindGroup", m, 28), L("maxDynamicUniformBuffersPerPipelineLayout", m, 32), L("maxDynamicStorageBuffersPerPipelineLayout", m, 36), L("maxSampledTexturesPerShaderStage", m, 40), L("maxSamplersPerShaderStage", m, 44), L("maxStorageBuffersPerShaderStage", m, 48), L("maxStorageTexturesPerShaderStage", m, 52), L("maxUniformBuffersPerShaderStage", m, 56), L("minUniformBufferOffsetAlignment", m, 80), L("minStorageBufferOffsetAlignment", m, 84), q("maxUniformBufferBindingSize", m, 64), q("maxStorageBufferBindingSize", m, 72), L("maxVertexBuffers", m, 88), q("maxBufferSize", m, 96), L("maxVertexAttributes", m, 104), L("maxVertexBufferArrayStride", m, 108), L("maxInterStageShaderVariables", m, 112), L("maxColorAttachments", m, 116), L("maxColorAttachmentBytesPerSample", m, 120), L("maxComputeWorkgroupStorageSize", m, 124), L("maxComputeInvocationsPerWorkgroup", m, 128), L("maxComputeWorkgroupSizeX", m, 132), L("maxComputeWorkgroupSizeY", m, 136), L("maxComputeWorkgroupSizeZ", m, 140), L("maxComputeWorkgroupsPerDimension", m, 144), L("maxImmediateSize", m, 148, true), y !== 0 && (d(), "maxStorageBuffersInVertexStage" in GPUSupportedLimits.prototype && (L("maxStorageBuffersInVertexStage", y, 8), L("maxStorageTexturesInVertexStage", y, 12), L("maxStorageBuffersInFragmentStage", y, 16), L("maxStorageTexturesInFragmentStage", y, 20))), e.requiredLimits = x;
        }
        (m = (d(), E)[c + 24 >>> 2 >>> 0]) && (m = { label: Ie(m + 4) }, e.defaultQueue = m), e.label = Ie(c + 4);
      }
      z += 1, ht(t, h.requestDevice(e).then((L) => {
        --z, me(() => {
          fe[u >>> 0] = L.queue, fe[o >>> 0] = L, z += 1, ht(n, L.lost.then((q) => {
            me(() => {
              L.onuncapturederror = () => {
              };
              var he = P(), de = Ce(q.message);
              kr(n, Pu[q.reason], de), D(he);
            }), --z;
          })), L.onuncapturederror = (q) => {
            var he = 5;
            q.error instanceof GPUValidationError ? he = 2 : q.error instanceof GPUOutOfMemoryError ? he = 3 : q.error instanceof GPUInternalError && (he = 4);
            var de = P();
            q = Ce(q.error.message), Uo(o, he, q), D(de);
          }, "adapterInfo" in L || (L.adapterInfo = h.info), $r(t, 1, o, 0);
        });
      }, (L) => {
        --z, me(() => {
          var q = P(), he = Ce(L.message);
          $r(t, 3, o, he), n && kr(n, 4, he), D(q);
        });
      }));
    }
    function _u(e) {
      var t = B(e >>>= 0), n = Re[e];
      if (n) {
        for (var o = 0; o < n.length; ++o) n[o]();
        delete Re[e];
      }
      t.destroy();
    }
    function Ru(e, t, n) {
      n >>>= 0;
      var o = B(e >>>= 0);
      n == 4294967295 && (n = void 0);
      try {
        var u = o.getMappedRange(t >>> 0, n);
      } catch {
        return 0;
      }
      var c = jr(16, u.byteLength);
      return (d(), X).set(new Uint8Array(u), c >>> 0), Re[e].push(() => ve(c)), c;
    }
    function Nu(e, t, n) {
      n >>>= 0;
      var o = B(e >>>= 0);
      n == 4294967295 && (n = void 0);
      try {
        var u = o.getMappedRange(t >>> 0, n);
      } catch {
        return 0;
      }
      var c = jr(16, u.byteLength);
      return (d(), X).fill(0, c, u.byteLength), Re[e].push(() => {
        new Uint8Array(u).set((d(), X).subarray(c >>> 0, c + u.byteLength >>> 0)), ve(c);
      }), c;
    }
    function Wu(e, t, n, o, u) {
      e >>>= 0, t = ue(t), n = ue(n), u >>>= 0;
      var c = B(e);
      Re[e] = [], u == 4294967295 && (u = void 0), z += 1, ht(t, c.mapAsync(n, o >>> 0, u).then(() => {
        --z, me(() => {
          Fr(t, 1, 0);
        });
      }, (h) => {
        --z, me(() => {
          P();
          var m = Ce(h.message);
          Fr(t, h.name === "AbortError" ? 4 : h.name === "OperationError" ? 3 : 0, m), delete Re[e];
        });
      }));
    }
    function ku(e) {
      var t = B(e >>>= 0), n = Re[e];
      if (n) {
        for (var o = 0; o < n.length; ++o) n[o]();
        delete Re[e], t.unmap();
      }
    }
    function Fu(e) {
      delete fe[e >>> 0];
    }
    function Gu(e, t, n) {
      e >>>= 0, t >>>= 0, n >>>= 0;
      var o = !!(d(), E)[t + 32 >>> 2 >>> 0];
      t = { label: Ie(t + 4), usage: (d(), E)[t + 16 >>> 2 >>> 0], size: mt(t + 24), mappedAtCreation: o }, e = B(e);
      try {
        var u = e.createBuffer(t);
      } catch {
        return false;
      }
      return fe[n >>> 0] = u, o && (Re[n] = []), true;
    }
    function $u(e, t, n, o) {
      e >>>= 0, t = ue(t), o >>>= 0, n = Eu(n >>> 0), e = B(e), z += 1, ht(t, e.createComputePipelineAsync(n).then((u) => {
        --z, me(() => {
          fe[o >>> 0] = u, Wr(t, 1, o, 0);
        });
      }, (u) => {
        --z, me(() => {
          var c = P(), h = Ce(u.message);
          Wr(t, u.reason === "validation" ? 3 : u.reason === "internal" ? 4 : 0, o, h), D(c);
        });
      }));
    }
    function zu(e, t, n) {
      e >>>= 0, t >>>= 0, n >>>= 0;
      var o = (d(), E)[t >>> 2 >>> 0], u = (d(), I)[o + 4 >>> 2 >>> 0];
      t = { label: Ie(t + 4), code: "" }, u === 2 && (t.code = so(o + 8)), e = B(e).createShaderModule(t), fe[n >>> 0] = e;
    }
    var Vu = (e) => {
      (e = B(e)).onuncapturederror = null, e.destroy();
    };
    function ju(e, t) {
      t = ue(t), e = B(e >>> 0), z += 1, ht(t, e.popErrorScope().then((n) => {
        --z, me(() => {
          var o = 5;
          n ? n instanceof GPUValidationError ? o = 2 : n instanceof GPUOutOfMemoryError ? o = 3 : n instanceof GPUInternalError && (o = 4) : o = 1;
          var u = P(), c = n ? Ce(n.message) : 0;
          Gr(t, 1, o, c), D(u);
        });
      }, (n) => {
        --z, me(() => {
          var o = P(), u = Ce(n.message);
          Gr(t, 1, 5, u), D(o);
        });
      }));
    }
    function Hu(e, t, n, o) {
      if (t = ue(t), o >>>= 0, n >>>= 0) {
        var u = { featureLevel: Iu[(d(), I)[n + 4 >>> 2 >>> 0]], powerPreference: Lu[(d(), I)[n + 8 >>> 2 >>> 0]], forceFallbackAdapter: !!(d(), E)[n + 12 >>> 2 >>> 0] };
        (e = (d(), E)[n >>> 2 >>> 0]) !== 0 && (d(), u.Ye = !!(d(), E)[e + 8 >>> 2 >>> 0]);
      }
      "gpu" in navigator ? (z += 1, ht(t, navigator.gpu.requestAdapter(u).then((c) => {
        --z, me(() => {
          if (c) fe[o >>> 0] = c, St(t, 1, o, 0);
          else {
            var h = P(), m = Ce("WebGPU not available on this browser (requestAdapter returned null)");
            St(t, 3, o, m), D(h);
          }
        });
      }, (c) => {
        --z, me(() => {
          var h = P(), m = Ce(c.message);
          St(t, 4, o, m), D(h);
        });
      }))) : (u = P(), e = Ce("WebGPU not available on this browser (navigator.gpu is not available)"), St(t, 3, o, e), D(u));
    }
    function qu(e, t, n) {
      return e >>>= 0, t >>>= 0, n >>>= 0, Yn(async () => {
        var o = [];
        if (n) {
          var u = (d(), I)[n >>> 2 >>> 0];
          o.length = t + 1, o[t] = new Promise((m) => setTimeout(m, u, 0));
        } else o.length = t;
        for (var c = 0; c < t; ++c) {
          var h = mt(e + 8 * c);
          if (!(h in Gt)) return h;
          o[c] = Gt[h];
        }
        return o = await Promise.race(o), delete Gt[o], o;
      });
    }
    var _r, Rr = {}, lo = () => {
      if (!_r) {
        var e, t = { USER: "web_user", LOGNAME: "web_user", PATH: "/", PWD: "/", HOME: "/home/web_user", LANG: (globalThis.navigator?.language ?? "C").replace("-", "_") + ".UTF-8", _: "./this.program" };
        for (e in Rr) Rr[e] === void 0 ? delete t[e] : t[e] = Rr[e];
        var n = [];
        for (e in t) n.push(`${e}=${t[e]}`);
        _r = n;
      }
      return _r;
    };
    function po(e, t) {
      if (i) return H(19, 1, e, t);
      e >>>= 0, t >>>= 0;
      var n, o = 0, u = 0;
      for (n of lo()) {
        var c = t + o;
        (d(), E)[e + u >>> 2 >>> 0] = c, o += Ue(n, c, 1 / 0) + 1, u += 4;
      }
      return 0;
    }
    function mo(e, t) {
      if (i) return H(20, 1, e, t);
      e >>>= 0, t >>>= 0;
      var n = lo();
      for (var o of ((d(), E)[e >>> 2 >>> 0] = n.length, e = 0, n)) e += _e(o) + 1;
      return (d(), E)[t >>> 2 >>> 0] = e, 0;
    }
    function ho(e) {
      return i ? H(21, 1, e) : 52;
    }
    function bo(e, t, n, o, u) {
      return i ? H(22, 1, e, t, n, o, u) : 52;
    }
    function go(e, t, n, o) {
      return i ? H(23, 1, e, t, n, o) : 52;
    }
    function yo(e, t, n, o) {
      return i ? H(24, 1, e, t, n, o) : 70;
    }
    var Yu = [null, [], []];
    function wo(e, t, n, o) {
      if (i) return H(25, 1, e, t, n, o);
      t >>>= 0, n >>>= 0, o >>>= 0;
      for (var u = 0, c = 0; c < n; c++) {
        var h = (d(), E)[t >>> 2 >>> 0], m = (d(), E)[t + 4 >>> 2 >>> 0];
        t += 8;
        for (var y = 0; y < m; y++) {
          var x = e, N = (d(), X)[h + y >>> 0], F = Yu[x];
          N === 0 || N === 10 ? ((x === 1 ? Y : O)(Bn(F)), F.length = 0) : F.push(N);
        }
        u += m;
      }
      return (d(), E)[o >>> 2 >>> 0] = u, 0;
    }
    function Ju(e) {
      return e >>> 0;
    }
    function Xu(e, t) {
      return io(B(e >>> 0).limits, t >>> 0), 1;
    }
    function Zu(e, t) {
      return B(e >>> 0).features.has(uo[t]);
    }
    function Ku(e) {
      return BigInt(B(e >>> 0).size);
    }
    function Qu(e) {
      return BigInt(B(e >>> 0).usage);
    }
    function ef(e, t) {
      if (e >>>= 0, t >>>= 0) {
        var n = Ie(t + 4);
        n = { label: n, timestampWrites: t = (t = (d(), E)[t + 12 >>> 2 >>> 0]) !== 0 ? { querySet: B((d(), E)[t + 4 >>> 2 >>> 0]), beginningOfPassWriteIndex: (d(), E)[t + 8 >>> 2 >>> 0], endOfPassWriteIndex: (d(), E)[t + 12 >>> 2 >>> 0] } : void 0 };
      }
      return t = B(e), e = Bo(0), n = t.beginComputePass(n), fe[e >>> 0] = n, e;
    }
    function tf(e, t, n, o) {
      n = ue(n), (o = ue(o)) == -1 && (o = void 0), (e = B(e >>> 0)).clearBuffer(B(t >>> 0), n, o);
    }
    function rf(e, t, n, o, u, c) {
      n = ue(n), u = ue(u), c = ue(c), B(e >>> 0).copyBufferToBuffer(B(t >>> 0), n, B(o >>> 0), u, c);
    }
    function nf(e) {
      var t = B(e >>> 0);
      return e = Io(0), t = t.finish(), fe[e >>> 0] = t, e;
    }
    function of(e, t, n, o, u, c) {
      c = ue(c), B(e >>> 0).resolveQuerySet(B(t >>> 0), n, o, B(u >>> 0), c);
    }
    function af(e, t, n, o) {
      B(e >>> 0).dispatchWorkgroups(t, n, o);
    }
    function sf(e, t, n) {
      n = ue(n), B(e >>> 0).dispatchWorkgroupsIndirect(B(t >>> 0), n);
    }
    function uf(e) {
      B(e >>> 0).end();
    }
    function ff(e, t, n, o, u) {
      o >>>= 0, u >>>= 0, e = B(e >>> 0), n = B(n >>> 0), o == 0 ? e.setBindGroup(t, n) : e.setBindGroup(t, n, (d(), E), u >>> 2, o);
    }
    function cf(e, t) {
      B(e >>> 0).setPipeline(B(t >>> 0));
    }
    function df(e, t, n) {
      B(e >>> 0).Xe(B(t >>> 0), n);
    }
    function lf(e, t) {
      function n(u) {
        var c = (d(), E)[u + 8 >>> 2 >>> 0], h = (d(), E)[u + 32 >>> 2 >>> 0], m = (d(), E)[u + 36 >>> 2 >>> 0], y = 0;
        return Ur(u, { 14: (x) => {
          y = (d(), E)[x + 8 >>> 2 >>> 0];
        } }), c ? ((h = mt(u + 24)) == -1 && (h = void 0), c = { buffer: B(c), offset: mt(u + 16), size: h }) : c = B(h || m || y), { binding: (d(), E)[u + 4 >>> 2 >>> 0], resource: c };
      }
      e >>>= 0, t = { label: Ie((t >>>= 0) + 4), layout: B((d(), E)[t + 12 >>> 2 >>> 0]), entries: (function(u, c) {
        for (var h = [], m = 0; m < u; ++m) h.push(n(c + 40 * m));
        return h;
      })((d(), E)[t + 16 >>> 2 >>> 0], (d(), E)[t + 20 >>> 2 >>> 0]) }, e = B(e);
      var o = xo(0);
      return ao(o, e.createBindGroup(t)), o;
    }
    function pf(e, t) {
      function n(y) {
        var x = (d(), E)[y + 4 >>> 2 >>> 0];
        if (x) return { type: xu[x], hasDynamicOffset: !!(d(), E)[y + 8 >>> 2 >>> 0], minBindingSize: mt(y + 16) };
      }
      function o(y) {
        if (y = (d(), E)[y + 4 >>> 2 >>> 0]) return { type: Ou[y] };
      }
      function u(y) {
        var x = (d(), E)[y + 4 >>> 2 >>> 0];
        if (x) return { sampleType: Du[x], viewDimension: co[(d(), I)[y + 8 >>> 2 >>> 0]], multisampled: !!(d(), E)[y + 12 >>> 2 >>> 0] };
      }
      function c(y) {
        var x = (d(), E)[y + 4 >>> 2 >>> 0];
        if (x) return { access: Mu[x], format: Cu[(d(), I)[y + 8 >>> 2 >>> 0]], viewDimension: co[(d(), I)[y + 12 >>> 2 >>> 0]] };
      }
      function h(y) {
        var x = { binding: (d(), E)[y + 4 >>> 2 >>> 0], visibility: (d(), E)[y + 8 >>> 2 >>> 0], buffer: n(y + 24), sampler: o(y + 48), texture: u(y + 56), storageTexture: c(y + 72) };
        return Ur(y, { 13: () => {
          x.externalTexture = {};
        } }), x;
      }
      e >>>= 0, t = { label: Ie((t >>>= 0) + 4), entries: (function(y, x) {
        for (var N = [], F = 0; F < y; ++F) N.push(h(x + 88 * F));
        return N;
      })((d(), E)[t + 12 >>> 2 >>> 0], (d(), E)[t + 16 >>> 2 >>> 0]) }, e = B(e);
      var m = Ao(0);
      return ao(m, e.createBindGroupLayout(t)), m;
    }
    function mf(e, t) {
      var n;
      return e >>>= 0, (t >>>= 0) && (n = { label: Ie(t + 4) }), t = B(e), e = Lo(0), n = t.createCommandEncoder(n), fe[e >>> 0] = n, e;
    }
    function hf(e, t) {
      e >>>= 0, t >>>= 0;
      for (var n = (d(), E)[t + 12 >>> 2 >>> 0], o = (d(), E)[t + 16 >>> 2 >>> 0], u = [], c = 0; c < n; ++c) u.push(B((d(), E)[o + 4 * c >>> 2 >>> 0]));
      return t = { label: Ie(t + 4), bindGroupLayouts: u, immediateSize: (d(), E)[t + 20 >>> 2 >>> 0] }, n = B(e), e = Oo(0), t = n.createPipelineLayout(t), fe[e >>> 0] = t, e;
    }
    function bf(e, t) {
      e >>>= 0, t >>>= 0, t = { type: Bu[(d(), I)[t + 12 >>> 2 >>> 0]], count: (d(), E)[t + 16 >>> 2 >>> 0] };
      var n = B(e);
      return e = Mo(0), t = n.createQuerySet(t), fe[e >>> 0] = t, e;
    }
    function gf(e, t) {
      return Su(B(e >>> 0).adapterInfo, t >>> 0), 1;
    }
    var yf = { "core-features-and-limits": 1, "depth-clip-control": 2, "depth32float-stencil8": 3, "texture-compression-bc": 4, "texture-compression-bc-sliced-3d": 5, "texture-compression-etc2": 6, "texture-compression-astc": 7, "texture-compression-astc-sliced-3d": 8, "timestamp-query": 9, "indirect-first-instance": 10, "shader-f16": 11, "rg11b10ufloat-renderable": 12, "bgra8unorm-storage": 13, "float32-filterable": 14, "float32-blendable": 15, "clip-distances": 16, "dual-source-blending": 17, subgroups: 18, "texture-formats-tier1": 19, "texture-formats-tier2": 20, "primitive-index": 21, "texture-component-swizzle": 22, "subgroup-size-control": 23, "chromium-experimental-unorm16-texture-formats": 327692, "chromium-experimental-multi-draw-indirect": 327729, "chromium-experimental-subgroup-matrix": 327732 };
    function wf(e, t) {
      t >>>= 0;
      var n = B(e >>> 0);
      e = Ke(4 * n.features.size);
      var o = 0, u = 0;
      for (let c of n.features) 0 <= (n = yf[c]) && ((d(), I)[e + o >>> 2 >>> 0] = n, o += 4, u++);
      (d(), E)[t + 4 >>> 2 >>> 0] = e, (d(), E)[t >>> 2 >>> 0] = u;
    }
    function Tf(e, t) {
      return io(B(e >>> 0).limits, t >>> 0), 1;
    }
    function vf(e, t) {
      B(e >>> 0).pushErrorScope(Au[t]);
    }
    function Ef(e, t, n) {
      t >>>= 0, n >>>= 0, e = B(e >>> 0), t = Array.from((d(), I).subarray(n >>> 2 >>> 0, n + 4 * t >>> 2 >>> 0), (o) => B(o)), e.submit(t);
    }
    function Sf(e, t, n, o, u) {
      n = ue(n), o >>>= 0, u >>>= 0, e = B(e >>> 0), t = B(t >>> 0), o = (d(), X).subarray(o >>> 0, o + u >>> 0), e.writeBuffer(t, n, o, 0, u);
    }
    i || (function() {
      for (var e = r.numThreads - 1; e--; ) vn();
      xe.push(async () => {
        var t = (async function() {
          if (!i) return Promise.all(We.map(Tn));
        })();
        Be++, await t, --Be == 0 && re && (t = re, re = null, t());
      });
    })(), i || (ke = new WebAssembly.Memory({ initial: 256, maximum: 65536, shared: true }), se()), r.wasmBinary && (v = r.wasmBinary), r.stackSave = () => P(), r.stackRestore = (e) => D(e), r.stackAlloc = (e) => Vt(e), r.setValue = function(e, t, n = "i8") {
      switch (n.endsWith("*") && (n = "*"), n) {
        case "i1":
        case "i8":
          (d(), Z)[e >>> 0] = t;
          break;
        case "i16":
          (d(), De)[e >>> 1 >>> 0] = t;
          break;
        case "i32":
          (d(), I)[e >>> 2 >>> 0] = t;
          break;
        case "i64":
          (d(), pe)[e >>> 3 >>> 0] = BigInt(t);
          break;
        case "float":
          (d(), R)[e >>> 2 >>> 0] = t;
          break;
        case "double":
          (d(), ae)[e >>> 3 >>> 0] = t;
          break;
        case "*":
          (d(), E)[e >>> 2 >>> 0] = t;
          break;
        default:
          we(`invalid type for setValue: ${n}`);
      }
    }, r.getValue = function(e, t = "i8") {
      switch (t.endsWith("*") && (t = "*"), t) {
        case "i1":
        case "i8":
          return (d(), Z)[e >>> 0];
        case "i16":
          return (d(), De)[e >>> 1 >>> 0];
        case "i32":
          return (d(), I)[e >>> 2 >>> 0];
        case "i64":
          return (d(), pe)[e >>> 3 >>> 0];
        case "float":
          return (d(), R)[e >>> 2 >>> 0];
        case "double":
          return (d(), ae)[e >>> 3 >>> 0];
        case "*":
          return (d(), E)[e >>> 2 >>> 0];
        default:
          we(`invalid type for getValue: ${t}`);
      }
    }, r.UTF8ToString = lt, r.stringToUTF8 = Ue, r.lengthBytesUTF8 = _e;
    var To, vo, Eo, Nr, zt, ve, Ke, So, xo, Ao, Io, Lo, Bo, Oo, Mo, Co, Do, Po, Wr, kr, Fr, Gr, St, $r, Uo, zr, _o, Ro, No, Vr, Wo, ko, jr, W, xt, Fo, D, Vt, P, Go, Hr, $o, zo, Vo, qr, jo, Ho, qo, Yo, Jo, Xo, Zo, Ko, Qo, ea, ta, ra, na, oa, aa, sa, ia, ua, fa, ca, da, la, pa, ma, ha, ba, ga, ya, wa, Ta, va, Ea, Sa, xa, Aa, Ia, La, Ba, Oa, Ma, Ca, Ne, xf = [Ye, Tr, xn, On, Mn, Cn, Dn, Pn, Un, _n, Rn, Nn, Wn, kn, Fn, Gn, Qn, eo, to, po, mo, ho, bo, go, yo, wo], Yr = { 1274364: (e, t, n, o, u) => {
      if (r === void 0 || !r.ed) return 1;
      if ((e = lt(Number(e >>> 0))).startsWith("./") && (e = e.substring(2)), !(e = r.ed.get(e))) return 2;
      if (t = Number(t >>> 0), n = Number(n >>> 0), o = Number(o >>> 0), t + n > e.byteLength) return 3;
      try {
        let c = e.subarray(t, t + n);
        switch (u) {
          case 0:
            (d(), X).set(c, o >>> 0);
            break;
          case 1:
            r.pe ? r.pe(o, c) : r.Re(o, c);
            break;
          default:
            return 4;
        }
        return 0;
      } catch {
        return 4;
      }
    }, 1275188: (e, t, n) => {
      r.re(e, (d(), X).subarray(t >>> 0, t + n >>> 0));
    }, 1275252: () => r.Pe(), 1275294: (e) => {
      r.qe(e);
    }, 1275331: () => typeof wasmOffsetConverter < "u" };
    function Af() {
      return typeof wasmOffsetConverter < "u";
    }
    function If(e, t, n, o) {
      var u = P();
      try {
        return Ko(e, t, n, o);
      } catch (c) {
        if (D(u), c !== c + 0) throw c;
        W(1, 0);
      }
    }
    function Lf(e, t, n) {
      var o = P();
      try {
        return Jo(e, t, n);
      } catch (u) {
        if (D(o), u !== u + 0) throw u;
        W(1, 0);
      }
    }
    function Bf(e) {
      var t = P();
      try {
        jo(e);
      } catch (n) {
        if (D(t), n !== n + 0) throw n;
        W(1, 0);
      }
    }
    function Of(e, t) {
      var n = P();
      try {
        return qr(e, t);
      } catch (o) {
        if (D(n), o !== o + 0) throw o;
        W(1, 0);
      }
    }
    function Mf(e, t, n) {
      var o = P();
      try {
        Vo(e, t, n);
      } catch (u) {
        if (D(o), u !== u + 0) throw u;
        W(1, 0);
      }
    }
    function Cf(e, t) {
      var n = P();
      try {
        Qo(e, t);
      } catch (o) {
        if (D(n), o !== o + 0) throw o;
        W(1, 0);
      }
    }
    function Df(e, t, n, o, u, c, h) {
      var m = P();
      try {
        return Yo(e, t, n, o, u, c, h);
      } catch (y) {
        if (D(m), y !== y + 0) throw y;
        W(1, 0);
      }
    }
    function Pf(e, t, n, o, u, c) {
      var h = P();
      try {
        Ho(e, t, n, o, u, c);
      } catch (m) {
        if (D(h), m !== m + 0) throw m;
        W(1, 0);
      }
    }
    function Uf(e, t, n, o) {
      var u = P();
      try {
        Zo(e, t, n, o);
      } catch (c) {
        if (D(u), c !== c + 0) throw c;
        W(1, 0);
      }
    }
    function _f(e, t, n, o, u, c, h) {
      var m = P();
      try {
        ta(e, t, n, o, u, c, h);
      } catch (y) {
        if (D(m), y !== y + 0) throw y;
        W(1, 0);
      }
    }
    function Rf(e, t, n, o, u, c, h) {
      var m = P();
      try {
        ra(e, t, n, o, u, c, h);
      } catch (y) {
        if (D(m), y !== y + 0) throw y;
        W(1, 0);
      }
    }
    function Nf(e, t, n, o, u, c, h, m) {
      var y = P();
      try {
        la(e, t, n, o, u, c, h, m);
      } catch (x) {
        if (D(y), x !== x + 0) throw x;
        W(1, 0);
      }
    }
    function Wf(e, t, n, o, u, c, h, m, y, x, N, F) {
      var L = P();
      try {
        na(e, t, n, o, u, c, h, m, y, x, N, F);
      } catch (q) {
        if (D(L), q !== q + 0) throw q;
        W(1, 0);
      }
    }
    function kf(e, t, n, o, u) {
      var c = P();
      try {
        return ea(e, t, n, o, u);
      } catch (h) {
        if (D(c), h !== h + 0) throw h;
        W(1, 0);
      }
    }
    function Ff(e, t, n, o, u, c) {
      var h = P();
      try {
        pa(e, t, n, o, u, c);
      } catch (m) {
        if (D(h), m !== m + 0) throw m;
        W(1, 0);
      }
    }
    function Gf(e, t, n, o, u) {
      var c = P();
      try {
        qo(e, t, n, o, u);
      } catch (h) {
        if (D(c), h !== h + 0) throw h;
        W(1, 0);
      }
    }
    function $f(e, t, n, o, u, c, h, m) {
      var y = P();
      try {
        Xo(e, t, n, o, u, c, h, m);
      } catch (x) {
        if (D(y), x !== x + 0) throw x;
        W(1, 0);
      }
    }
    function zf(e) {
      var t = P();
      try {
        return ma(e);
      } catch (n) {
        if (D(t), n !== n + 0) throw n;
        W(1, 0);
      }
    }
    function Vf(e, t, n, o, u, c, h, m, y) {
      var x = P();
      try {
        aa(e, t, n, o, u, c, h, m, y);
      } catch (N) {
        if (D(x), N !== N + 0) throw N;
        W(1, 0);
      }
    }
    function jf(e, t, n) {
      var o = P();
      try {
        return ha(e, t, n);
      } catch (u) {
        if (D(o), u !== u + 0) throw u;
        W(1, 0);
      }
    }
    function Hf(e, t) {
      var n = P();
      try {
        return La(e, t);
      } catch (o) {
        if (D(n), o !== o + 0) throw o;
        return W(1, 0), 0n;
      }
    }
    function qf(e, t, n, o) {
      var u = P();
      try {
        return ba(e, t, n, o);
      } catch (c) {
        if (D(u), c !== c + 0) throw c;
        W(1, 0);
      }
    }
    function Yf(e) {
      var t = P();
      try {
        return oa(e);
      } catch (n) {
        if (D(t), n !== n + 0) throw n;
        return W(1, 0), 0n;
      }
    }
    function Jf(e, t, n, o) {
      var u = P();
      try {
        return ga(e, t, n, o);
      } catch (c) {
        if (D(u), c !== c + 0) throw c;
        W(1, 0);
      }
    }
    function Xf(e, t, n, o, u) {
      var c = P();
      try {
        return ya(e, t, n, o, u);
      } catch (h) {
        if (D(c), h !== h + 0) throw h;
        W(1, 0);
      }
    }
    function Zf(e, t, n, o, u, c) {
      var h = P();
      try {
        return wa(e, t, n, o, u, c);
      } catch (m) {
        if (D(h), m !== m + 0) throw m;
        W(1, 0);
      }
    }
    function Kf(e, t, n, o, u, c) {
      var h = P();
      try {
        return ca(e, t, n, o, u, c);
      } catch (m) {
        if (D(h), m !== m + 0) throw m;
        W(1, 0);
      }
    }
    function Qf(e, t, n, o, u, c) {
      var h = P();
      try {
        return Ta(e, t, n, o, u, c);
      } catch (m) {
        if (D(h), m !== m + 0) throw m;
        W(1, 0);
      }
    }
    function ec(e, t, n, o, u, c, h, m) {
      var y = P();
      try {
        return da(e, t, n, o, u, c, h, m);
      } catch (x) {
        if (D(y), x !== x + 0) throw x;
        W(1, 0);
      }
    }
    function tc(e, t, n, o, u) {
      var c = P();
      try {
        return va(e, t, n, o, u);
      } catch (h) {
        if (D(c), h !== h + 0) throw h;
        return W(1, 0), 0n;
      }
    }
    function rc(e, t, n, o) {
      var u = P();
      try {
        return Ea(e, t, n, o);
      } catch (c) {
        if (D(u), c !== c + 0) throw c;
        W(1, 0);
      }
    }
    function nc(e, t, n, o) {
      var u = P();
      try {
        return Sa(e, t, n, o);
      } catch (c) {
        if (D(u), c !== c + 0) throw c;
        W(1, 0);
      }
    }
    function oc(e, t, n, o, u, c, h, m, y, x, N, F) {
      var L = P();
      try {
        return xa(e, t, n, o, u, c, h, m, y, x, N, F);
      } catch (q) {
        if (D(L), q !== q + 0) throw q;
        W(1, 0);
      }
    }
    function ac(e, t, n, o, u, c, h, m, y, x, N) {
      var F = P();
      try {
        Aa(e, t, n, o, u, c, h, m, y, x, N);
      } catch (L) {
        if (D(F), L !== L + 0) throw L;
        W(1, 0);
      }
    }
    function sc(e, t, n, o, u, c, h, m, y, x, N, F, L, q, he, de) {
      var Qe = P();
      try {
        Ia(e, t, n, o, u, c, h, m, y, x, N, F, L, q, he, de);
      } catch (et) {
        if (D(Qe), et !== et + 0) throw et;
        W(1, 0);
      }
    }
    function ic(e, t, n) {
      var o = P();
      try {
        return ia(e, t, n);
      } catch (u) {
        if (D(o), u !== u + 0) throw u;
        return W(1, 0), 0n;
      }
    }
    function uc(e, t, n) {
      var o = P();
      try {
        return sa(e, t, n);
      } catch (u) {
        if (D(o), u !== u + 0) throw u;
        W(1, 0);
      }
    }
    function fc(e, t, n) {
      var o = P();
      try {
        return ua(e, t, n);
      } catch (u) {
        if (D(o), u !== u + 0) throw u;
        W(1, 0);
      }
    }
    function cc(e, t, n, o) {
      var u = P();
      try {
        fa(e, t, n, o);
      } catch (c) {
        if (D(u), c !== c + 0) throw c;
        W(1, 0);
      }
    }
    function jt() {
      if (0 < Be) re = jt;
      else if (i) C?.(r), wr();
      else {
        for (var e = xe; 0 < e.length; ) e.shift()(r);
        0 < Be ? re = jt : (r.calledRun = true, $ || (wr(), C?.(r)));
      }
    }
    return i || (Ne = await wt(), jt()), r.PTR_SIZE = 4, r.webgpuInit = (e) => {
      let t = /* @__PURE__ */ new WeakMap(), n, o, u = 1;
      r.webgpuRegisterDevice = (m) => {
        if (o !== void 0) throw Error("another WebGPU EP inference session is being created.");
        if (m) {
          var y = t.get(m);
          if (!y) {
            let x = ((N, F = 0) => {
              var L = Po(F);
              return F = Do(F, L), fe[L >>> 0] = N.queue, fe[F >>> 0] = N, F;
            })(m, y = Eo());
            y = [u++, y, x], t.set(m, y);
          }
          return n = m, o = y[0], y;
        }
        n = void 0, o = 0;
      };
      let c = /* @__PURE__ */ new Map();
      r.webgpuOnCreateSession = (m) => {
        if (o !== void 0) {
          var y = o;
          if (o = void 0, m) {
            let x = Nr(y);
            c.set(m, x), y === 0 && e(n ?? B(x));
          }
          n = void 0;
        }
      }, r.webgpuOnReleaseSession = (m) => {
        c.delete(m);
      };
      let h = Symbol("gpuBufferMetadata");
      r.webgpuRegisterBuffer = (m, y, x) => {
        if (x) return m[h] = [x, NaN], x;
        if (x = m[h]) return x[1]++, x[0];
        if ((y = c.get(y)) === void 0) throw Error("Invalid session handle passed to webgpuRegisterBuffer");
        return y = ((N, F = 0) => (N.mapState === "unmapped" || we(), F = Co(F), fe[F >>> 0] = N, F))(m, y), m[h] = [y, 1], y;
      }, r.webgpuUnregisterBuffer = (m) => {
        let y = m[h];
        if (!y) throw Error("Buffer is not registered");
        y[1]--, y[1] === 0 && (So(y[0]), delete m[h]);
      }, r.webgpuGetBuffer = (m) => B(m), r.webgpuCreateDownloader = (m, y, x) => {
        if ((x = c.get(x)) === void 0) throw Error("Invalid session handle passed to webgpuRegisterBuffer");
        let N = B(x), F = 16 * Math.ceil(Number(y) / 16);
        return async () => {
          let L = N.createBuffer({ size: F, usage: 9 });
          try {
            let q = N.createCommandEncoder();
            return q.copyBufferToBuffer(m, 0, L, 0, F), N.queue.submit([q.finish()]), await L.mapAsync(GPUMapMode.READ), L.getMappedRange().slice(0, y);
          } finally {
            L.destroy();
          }
        };
      }, r.pe = (m, y) => {
        var x = y.buffer;
        let N = y.byteOffset, F = y.byteLength;
        if (y = 16 * Math.ceil(Number(F) / 16), m = B(m), !n) {
          var L = Nr(o);
          n = B(L);
        }
        let q = (L = n.createBuffer({ mappedAtCreation: true, size: y, usage: 6 })).getMappedRange();
        new Uint8Array(q).set(new Uint8Array(x, N, F)), L.unmap(), (x = n.createCommandEncoder()).copyBufferToBuffer(L, 0, m, 0, y), n.queue.submit([x.finish()]), L.destroy();
      };
    }, r.webnnInit = (e) => {
      let t = e[0];
      [r.Pe, r.qe, r.webnnEnsureTensor, r.re, r.webnnDownloadTensor, r.Oe, r.webnnEnableTraceEvent] = e.slice(1), r.webnnReleaseTensorId = r.qe, r.webnnUploadTensor = r.re, r.webnnRegisterMLContext = r.Oe, r.webnnOnRunStart = (n) => t.onRunStart(n), r.webnnOnRunEnd = t.onRunEnd.bind(t), r.webnnOnReleaseSession = (n) => {
        t.onReleaseSession(n);
      }, r.webnnCreateMLTensorDownloader = (n, o) => t.createMLTensorDownloader(n, o), r.webnnRegisterMLTensor = (n, o, u, c) => t.registerMLTensor(n, o, u, c), r.webnnCreateMLContext = (n) => t.createMLContext(n), r.webnnRegisterGraphInput = t.registerGraphInput.bind(t), r.webnnIsGraphInput = t.isGraphInput.bind(t), r.webnnRegisterGraphOutput = t.registerGraphOutput.bind(t), r.webnnIsGraphOutput = t.isGraphOutput.bind(t), r.webnnCreateTemporaryTensor = t.createTemporaryTensor.bind(t), r.webnnIsGraphInputOutputTypeSupported = t.isGraphInputOutputTypeSupported.bind(t);
    }, ne ? r : new Promise((e, t) => {
      C = e, _ = t;
    });
  }
  var yc;
  var wc;
  var ms = G(() => {
    "use strict";
    yc = ls, wc = globalThis.self?.name?.startsWith("em-pthread");
    wc && ls();
  });
  var gs;
  var an;
  var Tc;
  var ye;
  var ys;
  var on;
  var vc;
  var Ec;
  var ws;
  var Sc;
  var hs;
  var Ts;
  var bs;
  var vs;
  var Zt = G(() => {
    "use strict";
    Xt();
    gs = typeof location > "u" ? void 0 : location.origin, an = self.location.href > "file:" && self.location.href < "file;", Tc = () => {
      if (true) {
        if (an) {
          let a = URL;
          return new URL(new a("ort.webgpu.bundle.min.mjs", self.location.href).href, gs).href;
        }
        return self.location.href;
      }
    }, ye = Tc(), ys = () => {
      if (ye && !ye.startsWith("blob:")) return ye.substring(0, ye.lastIndexOf("/") + 1);
    }, on = (a, r) => {
      try {
        let s = r ?? ye;
        return (s ? new URL(a, s) : new URL(a)).origin === gs;
      } catch {
        return false;
      }
    }, vc = (a, r) => {
      let s = r ?? ye;
      try {
        return (s ? new URL(a, s) : new URL(a)).href;
      } catch {
        return;
      }
    }, Ec = (a, r) => `${r ?? "./"}${a}`, ws = async (a) => {
      let s = await (await fetch(a, { credentials: "same-origin" })).blob();
      return URL.createObjectURL(s);
    }, Sc = async (a) => (await import(
      /*webpackIgnore:true*/
      /*@vite-ignore*/
      a
    )).default, hs = (ds(), Ht(cs)).default, Ts = async () => {
      if (!ye) throw new Error("Failed to load proxy worker: cannot determine the script source URL.");
      if (on(ye)) return [void 0, hs()];
      let a = await ws(ye);
      return [a, hs(a)];
    }, bs = (ms(), Ht(ps)).default, vs = async (a, r, s, f7) => {
      let i = bs && !(a || r);
      if (i) if (ye) i = on(ye) || f7 && !s;
      else if (f7 && !s) i = true;
      else throw new Error("cannot determine the script source URL.");
      if (i) return [void 0, bs];
      {
        let p = "ort-wasm-simd-threaded.asyncify.mjs", l = a ?? vc(p, r), b = s && l && !on(l, r), g = b ? await ws(l) : l ?? Ec(p, r);
        return [b ? g : void 0, await Sc(g)];
      }
    };
  });
  var sn;
  var un;
  var sr;
  var Es;
  var xc;
  var Ac;
  var Ic;
  var Kt;
  var j;
  var Ve = G(() => {
    "use strict";
    Zt();
    un = false, sr = false, Es = false, xc = () => {
      if (typeof SharedArrayBuffer > "u") return false;
      try {
        return typeof MessageChannel < "u" && new MessageChannel().port1.postMessage(new SharedArrayBuffer(1)), WebAssembly.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 4, 1, 3, 1, 1, 10, 11, 1, 9, 0, 65, 0, 254, 16, 2, 0, 26, 11]));
      } catch {
        return false;
      }
    }, Ac = () => {
      try {
        return WebAssembly.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 30, 1, 28, 0, 65, 0, 253, 15, 253, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 253, 186, 1, 26, 11]));
      } catch {
        return false;
      }
    }, Ic = () => {
      try {
        return WebAssembly.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 1, 253, 15, 65, 2, 253, 15, 65, 3, 253, 15, 253, 147, 2, 11]));
      } catch {
        return false;
      }
    }, Kt = async (a) => {
      if (un) return Promise.resolve();
      if (sr) throw new Error("multiple calls to 'initializeWebAssembly()' detected.");
      if (Es) throw new Error("previous call to 'initializeWebAssembly()' failed.");
      sr = true;
      let r = a.initTimeout, s = a.numThreads;
      if (a.simd !== false) {
        if (a.simd === "relaxed") {
          if (!Ic()) throw new Error("Relaxed WebAssembly SIMD is not supported in the current environment.");
        } else if (!Ac()) throw new Error("WebAssembly SIMD is not supported in the current environment.");
      }
      let f7 = xc();
      s > 1 && !f7 && (typeof self < "u" && !self.crossOriginIsolated && console.warn("env.wasm.numThreads is set to " + s + ", but this will not work unless you enable crossOriginIsolated mode. See https://web.dev/cross-origin-isolation-guide/ for more info."), console.warn("WebAssembly multi-threading is not supported in the current environment. Falling back to single-threading."), a.numThreads = s = 1);
      let i = a.wasmPaths, p = typeof i == "string" ? i : void 0, l = i?.mjs, b = l?.href ?? l, g = i?.wasm, w = g?.href ?? g, S = a.wasmBinary, [v, T] = await vs(b, p, s > 1, !!S || !!w), A = false, C = [];
      if (r > 0 && C.push(new Promise((_) => {
        setTimeout(() => {
          A = true, _();
        }, r);
      })), C.push(new Promise((_, k) => {
        let U = { numThreads: s };
        if (S) U.wasmBinary = S, U.locateFile = (M) => M;
        else if (w || p) U.locateFile = (M) => w ?? p + M;
        else if (b && b.indexOf("blob:") !== 0) U.locateFile = (M) => new URL(M, b).href;
        else if (v) {
          let M = ys();
          M && (U.locateFile = (Y) => M + Y);
        }
        T(U).then((M) => {
          sr = false, un = true, sn = M, _(), v && URL.revokeObjectURL(v);
        }, (M) => {
          sr = false, Es = true, k(M);
        });
      })), await Promise.race(C), A) throw new Error(`WebAssembly backend initializing failed due to timeout: ${r}ms`);
    }, j = () => {
      if (un && sn) return sn;
      throw new Error("WebAssembly is not initialized yet.");
    };
  });
  var be;
  var Bt;
  var V;
  var ir = G(() => {
    "use strict";
    Ve();
    be = (a, r) => {
      let s = j(), f7 = s.lengthBytesUTF8(a) + 1, i = s._malloc(f7);
      return s.stringToUTF8(a, i, f7), r.push(i), i;
    }, Bt = (a, r, s, f7) => {
      if (typeof a == "object" && a !== null) {
        if (s.has(a)) throw new Error("Circular reference in options");
        s.add(a);
      }
      Object.entries(a).forEach(([i, p]) => {
        let l = r ? r + i : i;
        if (typeof p == "object") Bt(p, l + ".", s, f7);
        else if (typeof p == "string" || typeof p == "number") f7(l, p.toString());
        else if (typeof p == "boolean") f7(l, p ? "1" : "0");
        else throw new Error(`Can't handle extra config type: ${typeof p}`);
      });
    }, V = (a) => {
      let r = j(), s = r.stackSave();
      try {
        let f7 = r.PTR_SIZE, i = r.stackAlloc(2 * f7);
        r._OrtGetLastError(i, i + f7);
        let p = Number(r.getValue(i, f7 === 4 ? "i32" : "i64")), l = r.getValue(i + f7, "*"), b = l ? r.UTF8ToString(l) : "";
        throw new Error(`${a} ERROR_CODE: ${p}, ERROR_MESSAGE: ${b}`);
      } finally {
        r.stackRestore(s);
      }
    };
  });
  var Ss;
  var xs = G(() => {
    "use strict";
    Ve();
    ir();
    Ss = (a) => {
      let r = j(), s = 0, f7 = [], i = a || {};
      try {
        if (a?.logSeverityLevel === void 0) i.logSeverityLevel = 2;
        else if (typeof a.logSeverityLevel != "number" || !Number.isInteger(a.logSeverityLevel) || a.logSeverityLevel < 0 || a.logSeverityLevel > 4) throw new Error(`log severity level is not valid: ${a.logSeverityLevel}`);
        if (a?.logVerbosityLevel === void 0) i.logVerbosityLevel = 0;
        else if (typeof a.logVerbosityLevel != "number" || !Number.isInteger(a.logVerbosityLevel)) throw new Error(`log verbosity level is not valid: ${a.logVerbosityLevel}`);
        a?.terminate === void 0 && (i.terminate = false);
        let p = 0;
        return a?.tag !== void 0 && (p = be(a.tag, f7)), s = r._OrtCreateRunOptions(i.logSeverityLevel, i.logVerbosityLevel, !!i.terminate, p), s === 0 && V("Can't create run options."), a?.extra !== void 0 && Bt(a.extra, "", /* @__PURE__ */ new WeakSet(), (l, b) => {
          let g = be(l, f7), w = be(b, f7);
          r._OrtAddRunConfigEntry(s, g, w) !== 0 && V(`Can't set a run config entry: ${l} - ${b}.`);
        }), [s, f7];
      } catch (p) {
        throw s !== 0 && r._OrtReleaseRunOptions(s), f7.forEach((l) => r._free(l)), p;
      }
    };
  });
  var Lc;
  var Bc;
  var Oc;
  var Ot;
  var je;
  var Mc;
  var As;
  var Is = G(() => {
    "use strict";
    Ve();
    ir();
    Lc = (a) => {
      switch (a) {
        case "disabled":
          return 0;
        case "basic":
          return 1;
        case "extended":
          return 2;
        case "layout":
          return 3;
        case "all":
          return 99;
        default:
          throw new Error(`unsupported graph optimization level: ${a}`);
      }
    }, Bc = (a) => {
      switch (a) {
        case "sequential":
          return 0;
        case "parallel":
          return 1;
        default:
          throw new Error(`unsupported execution mode: ${a}`);
      }
    }, Oc = (a) => {
      a.extra || (a.extra = {}), a.extra.session || (a.extra.session = {});
      let r = a.extra.session;
      r.use_ort_model_bytes_directly || (r.use_ort_model_bytes_directly = "1"), a.executionProviders && a.executionProviders.some((s) => (typeof s == "string" ? s : s.name) === "webgpu") && (a.enableMemPattern = false);
    }, Ot = (a, r, s, f7) => {
      let i = be(r, f7), p = be(s, f7);
      j()._OrtAddSessionConfigEntry(a, i, p) !== 0 && V(`Can't set a session config entry: ${r} - ${s}.`);
    }, je = (a, r, s, f7) => {
      let i = be(r, f7), p = be(s, f7);
      a.push([i, p]);
    }, Mc = async (a, r, s) => {
      let f7 = r.executionProviders;
      for (let i of f7) {
        let p = typeof i == "string" ? i : i.name, l = [];
        switch (p) {
          case "webnn":
            if (p = "WEBNN", Ot(a, "session.disable_quant_qdq", "1", s), Ot(a, "session.disable_qdq_constant_folding", "1", s), typeof i != "string") {
              let T = i?.deviceType;
              T && Ot(a, "deviceType", T, s);
            }
            break;
          case "webgpu":
            {
              p = "WebGPU";
              let v;
              if (typeof i != "string") {
                let A = i;
                if (A.device) if (typeof GPUDevice < "u" && A.device instanceof GPUDevice) v = A.device;
                else throw new Error("Invalid GPU device set in WebGPU EP options.");
                let { enableGraphCapture: C } = r;
                if (typeof C == "boolean" && C && je(l, "enableGraphCapture", "1", s), typeof A.preferredLayout == "string" && je(l, "preferredLayout", A.preferredLayout, s), A.forceCpuNodeNames) {
                  let _ = Array.isArray(A.forceCpuNodeNames) ? A.forceCpuNodeNames : [A.forceCpuNodeNames];
                  je(l, "forceCpuNodeNames", _.join(`
`), s);
                }
                A.validationMode && je(l, "validationMode", A.validationMode, s);
                for (let _ of ["storageBufferCacheMode", "uniformBufferCacheMode", "queryResolveBufferCacheMode", "defaultBufferCacheMode"]) {
                  let k = A[_];
                  if (k) {
                    if (k !== "disabled" && k !== "lazyRelease" && k !== "simple" && k !== "bucket") throw new Error(`${_} must be one of 'disabled', 'lazyRelease', 'simple' or 'bucket': ${k}`);
                    je(l, _, k, s);
                  }
                }
              }
              let T = j().webgpuRegisterDevice(v);
              if (T) {
                let [A, C, _] = T;
                je(l, "deviceId", A.toString(), s), je(l, "webgpuInstance", C.toString(), s), je(l, "webgpuDevice", _.toString(), s);
              }
            }
            break;
          case "wasm":
          case "cpu":
            continue;
          default:
            throw new Error(`not supported execution provider: ${p}`);
        }
        let b = be(p, s), g = l.length, w = 0, S = 0;
        if (g > 0) {
          w = j()._malloc(g * j().PTR_SIZE), s.push(w), S = j()._malloc(g * j().PTR_SIZE), s.push(S);
          for (let v = 0; v < g; v++) j().setValue(w + v * j().PTR_SIZE, l[v][0], "*"), j().setValue(S + v * j().PTR_SIZE, l[v][1], "*");
        }
        await j()._OrtAppendExecutionProvider(a, b, w, S, g) !== 0 && V(`Can't append execution provider: ${p}.`);
      }
    }, As = async (a) => {
      let r = j(), s = 0, f7 = [], i = a || {};
      Oc(i);
      try {
        let p = Lc(i.graphOptimizationLevel ?? "all"), l = Bc(i.executionMode ?? "sequential"), b = typeof i.logId == "string" ? be(i.logId, f7) : 0, g = i.logSeverityLevel ?? 2;
        if (!Number.isInteger(g) || g < 0 || g > 4) throw new Error(`log severity level is not valid: ${g}`);
        let w = i.logVerbosityLevel ?? 0;
        if (!Number.isInteger(w) || w < 0 || w > 4) throw new Error(`log verbosity level is not valid: ${w}`);
        let S = typeof i.optimizedModelFilePath == "string" ? be(i.optimizedModelFilePath, f7) : 0;
        if (s = r._OrtCreateSessionOptions(p, !!i.enableCpuMemArena, !!i.enableMemPattern, l, !!i.enableProfiling, 0, b, g, w, S), s === 0 && V("Can't create session options."), i.executionProviders && await Mc(s, i, f7), i.enableGraphCapture !== void 0) {
          if (typeof i.enableGraphCapture != "boolean") throw new Error(`enableGraphCapture must be a boolean value: ${i.enableGraphCapture}`);
          Ot(s, "enableGraphCapture", i.enableGraphCapture.toString(), f7);
        }
        if (i.freeDimensionOverrides) for (let [v, T] of Object.entries(i.freeDimensionOverrides)) {
          if (typeof v != "string") throw new Error(`free dimension override name must be a string: ${v}`);
          if (typeof T != "number" || !Number.isInteger(T) || T < 0) throw new Error(`free dimension override value must be a non-negative integer: ${T}`);
          let A = be(v, f7);
          r._OrtAddFreeDimensionOverride(s, A, T) !== 0 && V(`Can't set a free dimension override: ${v} - ${T}.`);
        }
        return i.extra !== void 0 && Bt(i.extra, "", /* @__PURE__ */ new WeakSet(), (v, T) => {
          Ot(s, v, T, f7);
        }), [s, f7];
      } catch (p) {
        throw s !== 0 && r._OrtReleaseSessionOptions(s) !== 0 && V("Can't release session options."), f7.forEach((l) => r._free(l)), p;
      }
    };
  });
  var He;
  var ur;
  var bt;
  var it;
  var Mt;
  var fr;
  var cr;
  var fn;
  var ut = G(() => {
    "use strict";
    He = (a) => {
      switch (a) {
        case "int8":
          return 3;
        case "uint8":
          return 2;
        case "bool":
          return 9;
        case "int16":
          return 5;
        case "uint16":
          return 4;
        case "int32":
          return 6;
        case "uint32":
          return 12;
        case "float16":
          return 10;
        case "float32":
          return 1;
        case "float64":
          return 11;
        case "string":
          return 8;
        case "int64":
          return 7;
        case "uint64":
          return 13;
        case "int4":
          return 22;
        case "uint4":
          return 21;
        default:
          throw new Error(`unsupported data type: ${a}`);
      }
    }, ur = (a) => {
      switch (a) {
        case 3:
          return "int8";
        case 2:
          return "uint8";
        case 9:
          return "bool";
        case 5:
          return "int16";
        case 4:
          return "uint16";
        case 6:
          return "int32";
        case 12:
          return "uint32";
        case 10:
          return "float16";
        case 1:
          return "float32";
        case 11:
          return "float64";
        case 8:
          return "string";
        case 7:
          return "int64";
        case 13:
          return "uint64";
        case 22:
          return "int4";
        case 21:
          return "uint4";
        default:
          throw new Error(`unsupported data type: ${a}`);
      }
    }, bt = (a, r) => {
      let s = [-1, 4, 1, 1, 2, 2, 4, 8, -1, 1, 2, 8, 4, 8, -1, -1, -1, -1, -1, -1, -1, 0.5, 0.5][a], f7 = typeof r == "number" ? r : r.reduce((i, p) => i * p, 1);
      return s > 0 ? Math.ceil(f7 * s) : void 0;
    }, it = (a) => {
      switch (a) {
        case "float16":
          return typeof Float16Array < "u" ? Float16Array : Uint16Array;
        case "float32":
          return Float32Array;
        case "uint8":
          return Uint8Array;
        case "int8":
          return Int8Array;
        case "uint16":
          return Uint16Array;
        case "int16":
          return Int16Array;
        case "int32":
          return Int32Array;
        case "bool":
          return Uint8Array;
        case "float64":
          return Float64Array;
        case "uint32":
          return Uint32Array;
        case "int64":
          return BigInt64Array;
        case "uint64":
          return BigUint64Array;
        default:
          throw new Error(`unsupported type: ${a}`);
      }
    }, Mt = (a) => {
      switch (a) {
        case "verbose":
          return 0;
        case "info":
          return 1;
        case "warning":
          return 2;
        case "error":
          return 3;
        case "fatal":
          return 4;
        default:
          throw new Error(`unsupported logging level: ${a}`);
      }
    }, fr = (a) => a === "float32" || a === "float16" || a === "int32" || a === "int64" || a === "uint32" || a === "uint8" || a === "bool" || a === "uint4" || a === "int4", cr = (a) => a === "float32" || a === "float16" || a === "int32" || a === "int64" || a === "uint32" || a === "uint64" || a === "int8" || a === "uint8" || a === "bool" || a === "uint4" || a === "int4", fn = (a) => {
      switch (a) {
        case "none":
          return 0;
        case "cpu":
          return 1;
        case "cpu-pinned":
          return 2;
        case "texture":
          return 3;
        case "gpu-buffer":
          return 4;
        case "ml-tensor":
          return 5;
        default:
          throw new Error(`unsupported data location: ${a}`);
      }
    };
  });
  var Ct;
  var cn = G(() => {
    "use strict";
    Xt();
    Ct = async (a) => {
      if (typeof a == "string") if (false) try {
        let { readFile: r } = Xr("node:fs/promises");
        return new Uint8Array(await r(a));
      } catch (r) {
        if (r.code === "ERR_FS_FILE_TOO_LARGE") {
          let { createReadStream: s } = Xr("node:fs"), f7 = s(a), i = [];
          for await (let p of f7) i.push(p);
          return new Uint8Array(Buffer.concat(i));
        }
        throw r;
      }
      else {
        let r = await fetch(a);
        if (!r.ok) throw new Error(`failed to load external data file: ${a}`);
        let s = r.headers.get("Content-Length"), f7 = s ? parseInt(s, 10) : 0;
        if (f7 < 1073741824) return new Uint8Array(await r.arrayBuffer());
        {
          if (!r.body) throw new Error(`failed to load external data file: ${a}, no response body.`);
          let i = r.body.getReader(), p;
          try {
            p = new ArrayBuffer(f7);
          } catch (b) {
            if (b instanceof RangeError) {
              let g = Math.ceil(f7 / 65536);
              p = new WebAssembly.Memory({ initial: g, maximum: g }).buffer;
            } else throw b;
          }
          let l = 0;
          for (; ; ) {
            let { done: b, value: g } = await i.read();
            if (b) break;
            let w = g.byteLength;
            new Uint8Array(p, l, w).set(g), l += w;
          }
          return new Uint8Array(p, 0, f7);
        }
      }
      else return a instanceof Blob ? new Uint8Array(await a.arrayBuffer()) : a instanceof Uint8Array ? a : new Uint8Array(a);
    };
  });
  var Ls;
  var Bs = G(() => {
    "use strict";
    ut();
    Ls = (a, r) => new (it(r))(a);
  });
  var Cc;
  var Dc;
  var Os;
  var Ms;
  var Cs;
  var Pc;
  var le;
  var dn = G(() => {
    "use strict";
    ut();
    Cc = ["V", "I", "W", "E", "F"], Dc = (a, r) => {
      console.log(`[${Cc[a]},${(/* @__PURE__ */ new Date()).toISOString()}]${r}`);
    }, Cs = (a, r) => {
      Os = a, Ms = r;
    }, Pc = (a, r) => {
      let s = Mt(a), f7 = Mt(Os);
      s >= f7 && Dc(s, typeof r == "function" ? r() : r);
    }, le = (...a) => {
      Ms && Pc(...a);
    };
  });
  var Ps;
  var Uc;
  var Us;
  var _c;
  var Ds;
  var Rc;
  var _s;
  var dr;
  var lr;
  var ln;
  var Rs;
  var Ns = G(() => {
    "use strict";
    ut();
    dn();
    Ps = /* @__PURE__ */ new Map([["float32", 32], ["float16", 16], ["int32", 32], ["uint32", 32], ["int64", 64], ["uint64", 64], ["int8", 8], ["uint8", 8], ["int4", 4], ["uint4", 4]]), Uc = (a, r) => {
      if (r === "int32") return a;
      let s = Ps.get(r);
      if (!s) throw new Error(`WebNN backend does not support data type: ${r}`);
      let f7 = s / 8;
      if (a.byteLength % f7 !== 0) throw new Error(`Invalid Uint8Array length - must be a multiple of ${f7}.`);
      let i = a.byteLength / f7, p = new (it(r))(a.buffer, a.byteOffset, i);
      switch (r) {
        case "int64":
        case "uint64": {
          let l = new Int32Array(i);
          for (let b = 0; b < i; b++) {
            let g = p[b];
            if (g > 2147483647n || g < -2147483648n) throw new Error("Can not convert int64 data to int32 - value out of range.");
            l[b] = Number(g);
          }
          return new Uint8Array(l.buffer);
        }
        case "int8":
        case "uint8":
        case "uint32": {
          if (r === "uint32" && p.some((b) => b > 2147483647)) throw new Error("Can not convert uint32 data to int32 - value out of range.");
          let l = Int32Array.from(p, Number);
          return new Uint8Array(l.buffer);
        }
        default:
          throw new Error(`Unsupported data conversion from ${r} to 'int32'`);
      }
    }, Us = (a, r) => {
      if (r === "int32") return a;
      if (a.byteLength % 4 !== 0) throw new Error("Invalid Uint8Array length - must be a multiple of 4 (int32).");
      let s = a.byteLength / 4, f7 = new Int32Array(a.buffer, a.byteOffset, s);
      switch (r) {
        case "int64": {
          let i = BigInt64Array.from(f7, BigInt);
          return new Uint8Array(i.buffer);
        }
        case "uint64": {
          if (f7.some((p) => p < 0)) throw new Error("Can not convert int32 data to uin64 - negative value found.");
          let i = BigUint64Array.from(f7, BigInt);
          return new Uint8Array(i.buffer);
        }
        case "int8": {
          if (f7.some((p) => p < -128 || p > 127)) throw new Error("Can not convert int32 data to int8 - value out of range.");
          let i = Int8Array.from(f7, Number);
          return new Uint8Array(i.buffer);
        }
        case "uint8": {
          if (f7.some((i) => i < 0 || i > 255)) throw new Error("Can not convert int32 data to uint8 - value out of range.");
          return Uint8Array.from(f7, Number);
        }
        case "uint32": {
          if (f7.some((p) => p < 0)) throw new Error("Can not convert int32 data to uint32 - negative value found.");
          let i = Uint32Array.from(f7, Number);
          return new Uint8Array(i.buffer);
        }
        default:
          throw new Error(`Unsupported data conversion from 'int32' to ${r}`);
      }
    }, _c = 1, Ds = () => _c++, Rc = /* @__PURE__ */ new Map([["int8", "int32"], ["uint8", "int32"], ["uint32", "int32"], ["int64", "int32"]]), _s = (a, r) => {
      let s = Ps.get(a);
      if (!s) throw new Error(`WebNN backend does not support data type: ${a}`);
      return r.length > 0 ? Math.ceil(r.reduce((f7, i) => f7 * i) * s / 8) : 0;
    }, dr = class {
      constructor(r) {
        this.isDataConverted = false;
        let { sessionId: s, context: f7, tensor: i, dataType: p, shape: l, fallbackDataType: b } = r;
        this.sessionId = s, this.mlContext = f7, this.mlTensor = i, this.dataType = p, this.tensorShape = l, this.fallbackDataType = b;
      }
      get tensor() {
        return this.mlTensor;
      }
      get type() {
        return this.dataType;
      }
      get fallbackType() {
        return this.fallbackDataType;
      }
      get shape() {
        return this.tensorShape;
      }
      get byteLength() {
        return _s(this.dataType, this.tensorShape);
      }
      destroy() {
        le("verbose", () => "[WebNN] TensorWrapper.destroy"), this.mlTensor.destroy();
      }
      write(r) {
        this.mlContext.writeTensor(this.mlTensor, r);
      }
      async read(r) {
        if (this.fallbackDataType) {
          let s = await this.mlContext.readTensor(this.mlTensor), f7 = Us(new Uint8Array(s), this.dataType);
          if (r) {
            (r instanceof ArrayBuffer ? new Uint8Array(r) : new Uint8Array(r.buffer, r.byteOffset, r.byteLength)).set(f7);
            return;
          } else return new Uint8Array(f7).buffer;
        } else return r ? this.mlContext.readTensor(this.mlTensor, r) : this.mlContext.readTensor(this.mlTensor);
      }
      canReuseTensor(r, s, f7) {
        return this.mlContext === r && this.dataType === s && this.tensorShape.length === f7.length && this.tensorShape.every((i, p) => i === f7[p]);
      }
      setIsDataConverted(r) {
        this.isDataConverted = r;
      }
    }, lr = class {
      constructor(r, s) {
        this.tensorManager = r;
        this.wrapper = s;
      }
      get tensorWrapper() {
        return this.wrapper;
      }
      releaseTensor() {
        this.tensorWrapper && (this.tensorManager.releaseTensor(this.tensorWrapper), this.wrapper = void 0);
      }
      async ensureTensor(r, s, f7, i) {
        let p = this.tensorManager.getMLContext(r), l = this.tensorManager.getMLOpSupportLimits(r), b;
        if (!l?.input.dataTypes.includes(s)) {
          if (b = Rc.get(s), !b || !l?.input.dataTypes.includes(b)) throw new Error(`WebNN backend does not support data type: ${s}`);
          le("verbose", () => `[WebNN] TensorIdTracker.ensureTensor: fallback dataType from ${s} to ${b}`);
        }
        if (this.wrapper) {
          if (this.wrapper.canReuseTensor(p, s, f7)) return this.wrapper.tensor;
          if (i) {
            if (this.wrapper.byteLength !== _s(s, f7)) throw new Error("Unable to copy data to tensor with different size.");
            this.activeUpload = new Uint8Array(await this.wrapper.read());
          }
          this.tensorManager.releaseTensor(this.wrapper);
        }
        let g = typeof MLTensorUsage > "u" ? void 0 : MLTensorUsage.READ | MLTensorUsage.WRITE;
        return this.wrapper = await this.tensorManager.getCachedTensor(r, s, f7, g, true, true, b), i && this.activeUpload && (this.wrapper.write(this.activeUpload), this.activeUpload = void 0), this.wrapper.tensor;
      }
      upload(r) {
        let s = r;
        if (this.wrapper) {
          if (this.wrapper.fallbackType) if (this.wrapper.fallbackType === "int32") s = Uc(r, this.wrapper.type), this.wrapper.setIsDataConverted(true);
          else throw new Error(`Unsupported fallback data type: ${this.wrapper.fallbackType}`);
          if (r.byteLength === this.wrapper.byteLength) {
            this.wrapper.write(s);
            return;
          } else le("verbose", () => "Data size does not match tensor size. Releasing tensor."), this.releaseTensor();
        }
        this.activeUpload ? this.activeUpload.set(s) : this.activeUpload = new Uint8Array(s);
      }
      async download(r) {
        if (this.activeUpload) {
          let s = this.wrapper?.isDataConverted ? Us(this.activeUpload, this.wrapper?.type) : this.activeUpload;
          if (r) {
            r instanceof ArrayBuffer ? new Uint8Array(r).set(s) : new Uint8Array(r.buffer, r.byteOffset, r.byteLength).set(s);
            return;
          } else return s.buffer;
        }
        if (!this.wrapper) throw new Error("Tensor has not been created.");
        return r ? this.wrapper.read(r) : this.wrapper.read();
      }
    }, ln = class {
      constructor(r) {
        this.backend = r;
        this.tensorTrackersById = /* @__PURE__ */ new Map();
        this.freeTensors = [];
        this.externalTensors = /* @__PURE__ */ new Set();
      }
      getMLContext(r) {
        let s = this.backend.getMLContext(r);
        if (!s) throw new Error("MLContext not found for session.");
        return s;
      }
      getMLOpSupportLimits(r) {
        return this.backend.getMLOpSupportLimits(r);
      }
      reserveTensorId() {
        let r = Ds();
        return this.tensorTrackersById.set(r, new lr(this)), r;
      }
      releaseTensorId(r) {
        let s = this.tensorTrackersById.get(r);
        s && (this.tensorTrackersById.delete(r), s.tensorWrapper && this.releaseTensor(s.tensorWrapper));
      }
      async ensureTensor(r, s, f7, i, p) {
        le("verbose", () => `[WebNN] TensorManager.ensureTensor {tensorId: ${s}, dataType: ${f7}, shape: ${i}, copyOld: ${p}}`);
        let l = this.tensorTrackersById.get(s);
        if (!l) throw new Error("Tensor not found.");
        return l.ensureTensor(r, f7, i, p);
      }
      upload(r, s) {
        let f7 = this.tensorTrackersById.get(r);
        if (!f7) throw new Error("Tensor not found.");
        f7.upload(s);
      }
      async download(r, s) {
        le("verbose", () => `[WebNN] TensorManager.download {tensorId: ${r}, dstBuffer: ${s?.byteLength}}`);
        let f7 = this.tensorTrackersById.get(r);
        if (!f7) throw new Error("Tensor not found.");
        return f7.download(s);
      }
      releaseTensorsForSession(r) {
        for (let s of this.freeTensors) s.sessionId === r && s.destroy();
        this.freeTensors = this.freeTensors.filter((s) => s.sessionId !== r);
      }
      registerTensor(r, s, f7, i) {
        let p = this.getMLContext(r), l = Ds(), b = new dr({ sessionId: r, context: p, tensor: s, dataType: f7, shape: i });
        return this.tensorTrackersById.set(l, new lr(this, b)), this.externalTensors.add(b), l;
      }
      async getCachedTensor(r, s, f7, i, p, l, b) {
        let g = this.getMLContext(r);
        for (let [S, v] of this.freeTensors.entries()) if (v.canReuseTensor(g, s, f7)) {
          le("verbose", () => `[WebNN] Reusing tensor {dataType: ${s}, ${b ? `fallbackDataType: ${b},` : ""} shape: ${f7}`);
          let T = this.freeTensors.splice(S, 1)[0];
          return T.sessionId = r, T;
        }
        le("verbose", () => `[WebNN] MLContext.createTensor {dataType: ${s}, ${b ? `fallbackDataType: ${b},` : ""} shape: ${f7}}`);
        let w = await g.createTensor({ dataType: b ?? s, shape: f7, dimensions: f7, usage: i, writable: p, readable: l });
        return new dr({ sessionId: r, context: g, tensor: w, dataType: s, shape: f7, fallbackDataType: b });
      }
      releaseTensor(r) {
        this.externalTensors.has(r) && this.externalTensors.delete(r), this.freeTensors.push(r);
      }
    }, Rs = (...a) => new ln(...a);
  });
  var Ws = {};
  At(Ws, { WebNNBackend: () => pn });
  var pr;
  var Nc;
  var pn;
  var ks = G(() => {
    "use strict";
    ut();
    Ve();
    Bs();
    Ns();
    dn();
    pr = /* @__PURE__ */ new Map([[1, "float32"], [10, "float16"], [6, "int32"], [12, "uint32"], [7, "int64"], [13, "uint64"], [22, "int4"], [21, "uint4"], [3, "int8"], [2, "uint8"], [9, "uint8"]]), Nc = (a, r) => {
      if (a === r) return true;
      if (a === void 0 || r === void 0) return false;
      let s = Object.keys(a).sort(), f7 = Object.keys(r).sort();
      return s.length === f7.length && s.every((i, p) => i === f7[p] && a[i] === r[i]);
    }, pn = class {
      constructor(r) {
        this.tensorManager = Rs(this);
        this.mlContextBySessionId = /* @__PURE__ */ new Map();
        this.sessionIdsByMLContext = /* @__PURE__ */ new Map();
        this.mlContextCache = [];
        this.sessionGraphInputs = /* @__PURE__ */ new Map();
        this.sessionGraphOutputs = /* @__PURE__ */ new Map();
        this.temporaryGraphInputs = [];
        this.temporaryGraphOutputs = [];
        this.temporarySessionTensorIds = /* @__PURE__ */ new Map();
        this.mlOpSupportLimitsBySessionId = /* @__PURE__ */ new Map();
        Cs(r.logLevel, !!r.debug);
      }
      get currentSessionId() {
        if (this.activeSessionId === void 0) throw new Error("No active session");
        return this.activeSessionId;
      }
      onRunStart(r) {
        le("verbose", () => `[WebNN] onRunStart {sessionId: ${r}}`), this.activeSessionId = r;
      }
      onRunEnd(r) {
        le("verbose", () => `[WebNN] onRunEnd {sessionId: ${r}}`);
        let s = this.temporarySessionTensorIds.get(r);
        if (s) {
          for (let f7 of s) le("verbose", () => `[WebNN] releasing temporary tensor {tensorId: ${f7}}`), this.tensorManager.releaseTensorId(f7);
          this.temporarySessionTensorIds.delete(r), this.activeSessionId = void 0;
        }
      }
      async createMLContext(r) {
        if (r instanceof GPUDevice) {
          let f7 = this.mlContextCache.findIndex((i) => i.gpuDevice === r);
          if (f7 !== -1) return this.mlContextCache[f7].mlContext;
          {
            let i = await navigator.ml.createContext(r);
            return this.mlContextCache.push({ gpuDevice: r, mlContext: i }), i;
          }
        } else if (r === void 0) {
          let f7 = this.mlContextCache.findIndex((i) => i.options === void 0 && i.gpuDevice === void 0);
          if (f7 !== -1) return this.mlContextCache[f7].mlContext;
          {
            let i = await navigator.ml.createContext();
            return this.mlContextCache.push({ mlContext: i }), i;
          }
        }
        let s = this.mlContextCache.findIndex((f7) => Nc(f7.options, r));
        if (s !== -1) return this.mlContextCache[s].mlContext;
        {
          let f7 = await navigator.ml.createContext(r);
          return this.mlContextCache.push({ options: r, mlContext: f7 }), f7;
        }
      }
      registerMLContext(r, s) {
        this.mlContextBySessionId.set(r, s);
        let f7 = this.sessionIdsByMLContext.get(s);
        f7 || (f7 = /* @__PURE__ */ new Set(), this.sessionIdsByMLContext.set(s, f7)), f7.add(r), this.mlOpSupportLimitsBySessionId.has(r) || this.mlOpSupportLimitsBySessionId.set(r, s.opSupportLimits()), this.temporaryGraphInputs.length > 0 && (this.sessionGraphInputs.set(r, this.temporaryGraphInputs), this.temporaryGraphInputs = []), this.temporaryGraphOutputs.length > 0 && (this.sessionGraphOutputs.set(r, this.temporaryGraphOutputs), this.temporaryGraphOutputs = []);
      }
      onReleaseSession(r) {
        this.sessionGraphInputs.delete(r), this.sessionGraphOutputs.delete(r);
        let s = this.mlContextBySessionId.get(r);
        if (!s) return;
        this.tensorManager.releaseTensorsForSession(r), this.mlContextBySessionId.delete(r), this.mlOpSupportLimitsBySessionId.delete(r);
        let f7 = this.sessionIdsByMLContext.get(s);
        if (f7.delete(r), f7.size === 0) {
          this.sessionIdsByMLContext.delete(s);
          let i = this.mlContextCache.findIndex((p) => p.mlContext === s);
          i !== -1 && this.mlContextCache.splice(i, 1);
        }
      }
      getMLContext(r) {
        return this.mlContextBySessionId.get(r);
      }
      getMLOpSupportLimits(r) {
        return this.mlOpSupportLimitsBySessionId.get(r);
      }
      reserveTensorId() {
        return this.tensorManager.reserveTensorId();
      }
      releaseTensorId(r) {
        le("verbose", () => `[WebNN] releaseTensorId {tensorId: ${r}}`), this.tensorManager.releaseTensorId(r);
      }
      async ensureTensor(r, s, f7, i, p) {
        let l = pr.get(f7);
        if (!l) throw new Error(`Unsupported ONNX data type: ${f7}`);
        return this.tensorManager.ensureTensor(r ?? this.currentSessionId, s, l, i, p);
      }
      async createTemporaryTensor(r, s, f7) {
        le("verbose", () => `[WebNN] createTemporaryTensor {onnxDataType: ${s}, shape: ${f7}}`);
        let i = pr.get(s);
        if (!i) throw new Error(`Unsupported ONNX data type: ${s}`);
        let p = this.tensorManager.reserveTensorId();
        await this.tensorManager.ensureTensor(r, p, i, f7, false);
        let l = this.temporarySessionTensorIds.get(r);
        return l ? l.push(p) : this.temporarySessionTensorIds.set(r, [p]), p;
      }
      uploadTensor(r, s) {
        if (!j().shouldTransferToMLTensor) throw new Error("Trying to upload to a MLTensor while shouldTransferToMLTensor is false");
        le("verbose", () => `[WebNN] uploadTensor {tensorId: ${r}, data: ${s.byteLength}}`), this.tensorManager.upload(r, s);
      }
      async downloadTensor(r, s) {
        return this.tensorManager.download(r, s);
      }
      createMLTensorDownloader(r, s) {
        return async () => {
          let f7 = await this.tensorManager.download(r);
          return Ls(f7, s);
        };
      }
      registerMLTensor(r, s, f7, i) {
        let p = pr.get(f7);
        if (!p) throw new Error(`Unsupported ONNX data type: ${f7}`);
        let l = this.tensorManager.registerTensor(r, s, p, i);
        return le("verbose", () => `[WebNN] registerMLTensor {tensor: ${s}, dataType: ${p}, dimensions: ${i}} -> {tensorId: ${l}}`), l;
      }
      registerGraphInput(r) {
        this.temporaryGraphInputs.push(r);
      }
      registerGraphOutput(r) {
        this.temporaryGraphOutputs.push(r);
      }
      isGraphInput(r, s) {
        let f7 = this.sessionGraphInputs.get(r);
        return f7 ? f7.includes(s) : false;
      }
      isGraphOutput(r, s) {
        let f7 = this.sessionGraphOutputs.get(r);
        return f7 ? f7.includes(s) : false;
      }
      isGraphInputOutputTypeSupported(r, s, f7 = true) {
        let i = pr.get(He(s)), p = this.mlOpSupportLimitsBySessionId.get(r);
        return typeof i > "u" ? false : f7 ? !!p?.input.dataTypes.includes(i) : !!p?.output.dataTypes.includes(i);
      }
      flush() {
      }
    };
  });
  var Wc;
  var Qt;
  var er;
  var ft;
  var kc;
  var Fs;
  var Lt;
  var tr;
  var rr;
  var Gs;
  var nr;
  var or;
  var ar;
  var nn = G(() => {
    "use strict";
    ze();
    xs();
    Is();
    ut();
    Ve();
    ir();
    cn();
    Wc = (a, r) => {
      j()._OrtInit(a, r) !== 0 && V("Can't initialize onnxruntime.");
    }, Qt = async (a) => {
      Wc(a.wasm.numThreads, Mt(a.logLevel));
    }, er = async (a, r) => {
      j().asyncInit?.();
      let s = a.webgpu.adapter;
      if (r === "webgpu") {
        if (typeof navigator > "u" || !navigator.gpu) throw new Error("WebGPU is not supported in current environment");
        if (s) {
          if (typeof s.limits != "object" || typeof s.features != "object" || typeof s.requestDevice != "function") throw new Error("Invalid GPU adapter set in `env.webgpu.adapter`. It must be a GPUAdapter object.");
        } else {
          let f7 = a.webgpu.powerPreference;
          if (f7 !== void 0 && f7 !== "low-power" && f7 !== "high-performance") throw new Error(`Invalid powerPreference setting: "${f7}"`);
          let i = a.webgpu.forceFallbackAdapter;
          if (i !== void 0 && typeof i != "boolean") throw new Error(`Invalid forceFallbackAdapter setting: "${i}"`);
          if (s = await navigator.gpu.requestAdapter({ powerPreference: f7, forceFallbackAdapter: i }), !s) throw new Error('Failed to get GPU adapter. You may need to enable flag "--enable-unsafe-webgpu" if you are using Chrome.');
        }
      }
      if (r === "webnn" && (typeof navigator > "u" || !navigator.ml)) throw new Error("WebNN is not supported in current environment");
      if (r === "webgpu" && j().webgpuInit((f7) => {
        a.webgpu.device = f7;
      }), r === "webnn") {
        let f7 = new (ks(), Ht(Ws)).WebNNBackend(a);
        j().webnnInit([f7, () => f7.reserveTensorId(), (i) => f7.releaseTensorId(i), async (i, p, l, b, g) => f7.ensureTensor(i, p, l, b, g), (i, p) => {
          f7.uploadTensor(i, p);
        }, async (i, p) => f7.downloadTensor(i, p), (i, p) => f7.registerMLContext(i, p), !!a.trace]);
      }
    }, ft = /* @__PURE__ */ new Map(), kc = (a) => {
      let r = j(), s = r.stackSave();
      try {
        let f7 = r.PTR_SIZE, i = r.stackAlloc(2 * f7);
        r._OrtGetInputOutputCount(a, i, i + f7) !== 0 && V("Can't get session input/output count.");
        let l = f7 === 4 ? "i32" : "i64";
        return [Number(r.getValue(i, l)), Number(r.getValue(i + f7, l))];
      } finally {
        r.stackRestore(s);
      }
    }, Fs = (a, r) => {
      let s = j(), f7 = s.stackSave(), i = 0;
      try {
        let p = s.PTR_SIZE, l = s.stackAlloc(2 * p);
        s._OrtGetInputOutputMetadata(a, r, l, l + p) !== 0 && V("Can't get session input/output metadata.");
        let g = Number(s.getValue(l, "*"));
        i = Number(s.getValue(l + p, "*"));
        let w = s.HEAP32[i / 4];
        if (w === 0) return [g, 0];
        let S = s.HEAPU32[i / 4 + 1], v = [];
        for (let T = 0; T < S; T++) {
          let A = Number(s.getValue(i + 8 + T * p, "*"));
          v.push(A !== 0 ? s.UTF8ToString(A) : Number(s.getValue(i + 8 + (T + S) * p, "*")));
        }
        return [g, w, v];
      } finally {
        s.stackRestore(f7), i !== 0 && s._OrtFree(i);
      }
    }, Lt = (a) => {
      let r = j(), s = r._malloc(a.byteLength);
      if (s === 0) throw new Error(`Can't create a session. failed to allocate a buffer of size ${a.byteLength}.`);
      return r.HEAPU8.set(a, s), [s, a.byteLength];
    }, tr = async (a, r) => {
      let s, f7, i = j();
      Array.isArray(a) ? [s, f7] = a : a.buffer === i.HEAPU8.buffer ? [s, f7] = [a.byteOffset, a.byteLength] : [s, f7] = Lt(a);
      let p = 0, l = 0, b = 0, g = [], w = [], S = [];
      try {
        if ([l, g] = await As(r), r?.externalData && i.mountExternalData) {
          let O = [];
          for (let $ of r.externalData) {
            let oe = typeof $ == "string" ? $ : $.path, d = typeof $ == "string" ? $ : $.data;
            O.push(Ct(d).then((te) => {
              i.mountExternalData(oe, te);
            }));
          }
          await Promise.all(O);
        }
        for (let O of r?.executionProviders ?? []) if ((typeof O == "string" ? O : O.name) === "webnn") {
          if (i.shouldTransferToMLTensor = false, typeof O != "string") {
            let oe = O, d = oe?.context, te = oe?.gpuDevice, Z = oe?.deviceType, X = oe?.powerPreference;
            d ? i.currentContext = d : te ? i.currentContext = await i.webnnCreateMLContext(te) : i.currentContext = await i.webnnCreateMLContext({ deviceType: Z, powerPreference: X });
          } else i.currentContext = await i.webnnCreateMLContext();
          break;
        }
        p = await i._OrtCreateSession(s, f7, l), i.webgpuOnCreateSession?.(p), p === 0 && V("Can't create a session."), i.jsepOnCreateSession?.(), i.currentContext && (i.webnnRegisterMLContext(p, i.currentContext), i.currentContext = void 0, i.shouldTransferToMLTensor = true);
        let [v, T] = kc(p), A = !!r?.enableGraphCapture, C = [], _ = [], k = [], U = [], M = [];
        for (let O = 0; O < v; O++) {
          let [$, oe, d] = Fs(p, O);
          $ === 0 && V("Can't get an input name."), w.push($);
          let te = i.UTF8ToString($);
          C.push(te), k.push(oe === 0 ? { name: te, isTensor: false } : { name: te, isTensor: true, type: ur(oe), shape: d });
        }
        for (let O = 0; O < T; O++) {
          let [$, oe, d] = Fs(p, O + v);
          $ === 0 && V("Can't get an output name."), S.push($);
          let te = i.UTF8ToString($);
          _.push(te), U.push(oe === 0 ? { name: te, isTensor: false } : { name: te, isTensor: true, type: ur(oe), shape: d });
          {
            if (A && r?.preferredOutputLocation === void 0) {
              M.push("gpu-buffer");
              continue;
            }
            let Z = typeof r?.preferredOutputLocation == "string" ? r.preferredOutputLocation : r?.preferredOutputLocation?.[te] ?? "cpu", X = i.webnnIsGraphOutput;
            if (Z === "cpu" && X && X(p, te)) {
              M.push("ml-tensor-cpu-output");
              continue;
            }
            if (Z !== "cpu" && Z !== "cpu-pinned" && Z !== "gpu-buffer" && Z !== "ml-tensor") throw new Error(`Not supported preferred output location: ${Z}.`);
            if (A && Z !== "gpu-buffer") throw new Error(`Not supported preferred output location: ${Z}. Only 'gpu-buffer' location is supported when enableGraphCapture is true.`);
            M.push(Z);
          }
        }
        let Y = null;
        return M.some((O) => O === "gpu-buffer" || O === "ml-tensor" || O === "ml-tensor-cpu-output") && (b = i._OrtCreateBinding(p), b === 0 && V("Can't create IO binding."), Y = { handle: b, outputPreferredLocations: M, outputPreferredLocationsEncoded: M.map((O) => O === "ml-tensor-cpu-output" ? "ml-tensor" : O).map((O) => fn(O)) }), ft.set(p, [p, w, S, Y, A, false]), [p, C, _, k, U];
      } catch (v) {
        throw w.forEach((T) => i._OrtFree(T)), S.forEach((T) => i._OrtFree(T)), b !== 0 && i._OrtReleaseBinding(b) !== 0 && V("Can't release IO binding."), p !== 0 && i._OrtReleaseSession(p) !== 0 && V("Can't release session."), v;
      } finally {
        i._free(s), l !== 0 && i._OrtReleaseSessionOptions(l) !== 0 && V("Can't release session options."), g.forEach((v) => i._free(v)), i.unmountExternalData?.();
      }
    }, rr = (a) => {
      let r = j(), s = ft.get(a);
      if (!s) throw new Error(`cannot release session. invalid session id: ${a}`);
      let [f7, i, p, l, b] = s;
      l && (b && r._OrtClearBoundOutputs(l.handle) !== 0 && V("Can't clear bound outputs."), r._OrtReleaseBinding(l.handle) !== 0 && V("Can't release IO binding.")), r.jsepOnReleaseSession?.(a), r.webnnOnReleaseSession?.(a), r.webgpuOnReleaseSession?.(a), i.forEach((g) => r._OrtFree(g)), p.forEach((g) => r._OrtFree(g)), r._OrtReleaseSession(f7) !== 0 && V("Can't release session."), ft.delete(a);
    }, Gs = async (a, r, s, f7, i, p, l = false) => {
      if (!a) {
        r.push(0);
        return;
      }
      let b = j(), g = b.PTR_SIZE, w = a[0], S = a[1], v = a[3], T = v, A, C;
      if (w === "string" && (v === "gpu-buffer" || v === "ml-tensor")) throw new Error("String tensor is not supported on GPU.");
      if (l && v !== "gpu-buffer") throw new Error(`External buffer must be provided for input/output index ${p} when enableGraphCapture is true.`);
      if (v === "gpu-buffer") {
        let U = a[2].gpuBuffer;
        C = bt(He(w), S);
        {
          let M = b.webgpuRegisterBuffer;
          if (!M) throw new Error('Tensor location "gpu-buffer" is not supported without using WebGPU.');
          A = M(U, f7);
        }
      } else if (v === "ml-tensor") {
        let U = a[2].mlTensor;
        C = bt(He(w), S);
        let M = b.webnnRegisterMLTensor;
        if (!M) throw new Error('Tensor location "ml-tensor" is not supported without using WebNN.');
        A = M(f7, U, He(w), S);
      } else {
        let U = a[2];
        if (Array.isArray(U)) {
          C = g * U.length, A = b._malloc(C), s.push(A);
          for (let M = 0; M < U.length; M++) {
            if (typeof U[M] != "string") throw new TypeError(`tensor data at index ${M} is not a string`);
            b.setValue(A + M * g, be(U[M], s), "*");
          }
        } else {
          let M = b.webnnIsGraphInput, Y = b.webnnIsGraphOutput;
          if (w !== "string" && M && Y) {
            let O = b.UTF8ToString(i);
            if (M(f7, O) || Y(f7, O)) {
              let $ = He(w);
              C = bt($, S), T = "ml-tensor";
              let oe = b.webnnCreateTemporaryTensor, d = b.webnnUploadTensor;
              if (!oe || !d) throw new Error('Tensor location "ml-tensor" is not supported without using WebNN.');
              let te = await oe(f7, $, S);
              d(te, new Uint8Array(U.buffer, U.byteOffset, U.byteLength)), A = te;
            } else C = U.byteLength, A = b._malloc(C), s.push(A), b.HEAPU8.set(new Uint8Array(U.buffer, U.byteOffset, C), A);
          } else C = U.byteLength, A = b._malloc(C), s.push(A), b.HEAPU8.set(new Uint8Array(U.buffer, U.byteOffset, C), A);
        }
      }
      let _ = b.stackSave(), k = b.stackAlloc(4 * S.length);
      try {
        S.forEach((M, Y) => b.setValue(k + Y * g, M, g === 4 ? "i32" : "i64"));
        let U = b._OrtCreateTensor(He(w), A, C, k, S.length, fn(T));
        U === 0 && V(`Can't create tensor for input/output. session=${f7}, index=${p}.`), r.push(U);
      } finally {
        b.stackRestore(_);
      }
    }, nr = async (a, r, s, f7, i, p) => {
      let l = j(), b = l.PTR_SIZE, g = ft.get(a);
      if (!g) throw new Error(`cannot run inference. invalid session id: ${a}`);
      let w = g[0], S = g[1], v = g[2], T = g[3], A = g[4], C = g[5], _ = r.length, k = f7.length, U = 0, M = [], Y = [], O = [], $ = [], oe = [], d = l.stackSave(), te = l.stackAlloc(_ * b), Z = l.stackAlloc(_ * b), X = l.stackAlloc(k * b), De = l.stackAlloc(k * b);
      try {
        [U, M] = Ss(p), Ge("wasm prepareInputOutputTensor");
        for (let R = 0; R < _; R++) await Gs(s[R], Y, $, a, S[r[R]], r[R], A);
        for (let R = 0; R < k; R++) await Gs(i[R], O, $, a, v[f7[R]], _ + f7[R], A);
        $e("wasm prepareInputOutputTensor");
        for (let R = 0; R < _; R++) l.setValue(te + R * b, Y[R], "*"), l.setValue(Z + R * b, S[r[R]], "*");
        for (let R = 0; R < k; R++) l.setValue(X + R * b, O[R], "*"), l.setValue(De + R * b, v[f7[R]], "*");
        if (T && !C) {
          let { handle: R, outputPreferredLocations: ae, outputPreferredLocationsEncoded: pe } = T;
          if (S.length !== _) throw new Error(`input count from feeds (${_}) is expected to be always equal to model's input count (${S.length}).`);
          Ge("wasm bindInputsOutputs");
          for (let J = 0; J < _; J++) {
            let ge = r[J];
            await l._OrtBindInput(R, S[ge], Y[J]) !== 0 && V(`Can't bind input[${J}] for session=${a}.`);
          }
          for (let J = 0; J < k; J++) {
            let ge = f7[J];
            i[J]?.[3] ? (oe.push(O[J]), l._OrtBindOutput(R, v[ge], O[J], 0) !== 0 && V(`Can't bind pre-allocated output[${J}] for session=${a}.`)) : l._OrtBindOutput(R, v[ge], 0, pe[ge]) !== 0 && V(`Can't bind output[${J}] to ${ae[J]} for session=${a}.`);
          }
          $e("wasm bindInputsOutputs"), ft.set(a, [w, S, v, T, A, true]);
        }
        l.jsepOnRunStart?.(w), l.webnnOnRunStart?.(w);
        let K;
        T ? K = await l._OrtRunWithBinding(w, T.handle, k, X, U) : K = await l._OrtRun(w, Z, te, _, De, k, X, U), K !== 0 && V("failed to call OrtRun().");
        let I = [], E = [];
        Ge("wasm ProcessOutputTensor");
        for (let R = 0; R < k; R++) {
          let ae = Number(l.getValue(X + R * b, "*"));
          if (ae === O[R] || oe.includes(O[R])) {
            I.push(i[R]), ae !== O[R] && l._OrtReleaseTensor(ae) !== 0 && V("Can't release tensor.");
            continue;
          }
          let pe = l.stackSave(), J = l.stackAlloc(4 * b), ge = false, ne, se = 0;
          try {
            l._OrtGetTensorData(ae, J, J + b, J + 2 * b, J + 3 * b) !== 0 && V(`Can't access output tensor data on index ${R}.`);
            let we = b === 4 ? "i32" : "i64", qe = Number(l.getValue(J, we));
            se = l.getValue(J + b, "*");
            let wt = l.getValue(J + b * 2, "*"), Tt = Number(l.getValue(J + b * 3, we)), Se = [];
            for (let re = 0; re < Tt; re++) Se.push(Number(l.getValue(wt + re * b, we)));
            l._OrtFree(wt) !== 0 && V("Can't free memory for tensor dims.");
            let xe = Se.reduce((re, Q) => re * Q, 1);
            ne = ur(qe);
            let Be = T?.outputPreferredLocations[f7[R]];
            if (ne === "string") {
              if (Be === "gpu-buffer" || Be === "ml-tensor") throw new Error("String tensor is not supported on GPU.");
              let re = [];
              for (let Q = 0; Q < xe; Q++) {
                let z = l.getValue(se + Q * b, "*"), H = l.getValue(se + (Q + 1) * b, "*"), Ye = Q === xe - 1 ? void 0 : H - z;
                re.push(l.UTF8ToString(z, Ye));
              }
              I.push([ne, Se, re, "cpu"]);
            } else if (Be === "gpu-buffer" && xe > 0) {
              let re = l.webgpuGetBuffer;
              if (!re) throw new Error('preferredLocation "gpu-buffer" is not supported without using WebGPU.');
              let Q = re(se), z = bt(qe, xe);
              if (z === void 0 || !fr(ne)) throw new Error(`Unsupported data type: ${ne}`);
              ge = true;
              {
                l.webgpuRegisterBuffer(Q, a, se);
                let H = l.webgpuCreateDownloader(Q, z, a);
                I.push([ne, Se, { gpuBuffer: Q, download: async () => {
                  let Ye = await H();
                  return new (it(ne))(Ye);
                }, dispose: () => {
                  l._OrtReleaseTensor(ae) !== 0 && V("Can't release tensor.");
                } }, "gpu-buffer"]);
              }
            } else if (Be === "ml-tensor" && xe > 0) {
              let re = l.webnnEnsureTensor, Q = l.webnnIsGraphInputOutputTypeSupported;
              if (!re || !Q) throw new Error('preferredLocation "ml-tensor" is not supported without using WebNN.');
              if (bt(qe, xe) === void 0 || !cr(ne)) throw new Error(`Unsupported data type: ${ne}`);
              if (!Q(a, ne, false)) throw new Error(`preferredLocation "ml-tensor" for ${ne} output is not supported by current WebNN Context.`);
              let H = await re(a, se, qe, Se, false);
              ge = true, I.push([ne, Se, { mlTensor: H, download: l.webnnCreateMLTensorDownloader(se, ne), dispose: () => {
                l.webnnReleaseTensorId(se), l._OrtReleaseTensor(ae);
              } }, "ml-tensor"]);
            } else if (Be === "ml-tensor-cpu-output" && xe > 0) {
              let re = l.webnnCreateMLTensorDownloader(se, ne)(), Q = I.length;
              ge = true, E.push((async () => {
                let z = [Q, await re];
                return l.webnnReleaseTensorId(se), l._OrtReleaseTensor(ae), z;
              })()), I.push([ne, Se, [], "cpu"]);
            } else {
              let re = it(ne), Q = new re(xe);
              new Uint8Array(Q.buffer, Q.byteOffset, Q.byteLength).set(l.HEAPU8.subarray(se, se + Q.byteLength)), I.push([ne, Se, Q, "cpu"]);
            }
          } finally {
            l.stackRestore(pe), ne === "string" && se && l._free(se), ge || l._OrtReleaseTensor(ae);
          }
        }
        T && !A && (l._OrtClearBoundOutputs(T.handle) !== 0 && V("Can't clear bound outputs."), ft.set(a, [w, S, v, T, A, false]));
        for (let [R, ae] of await Promise.all(E)) I[R][2] = ae;
        return $e("wasm ProcessOutputTensor"), I;
      } finally {
        l.webnnOnRunEnd?.(w), l.stackRestore(d), s.forEach((K) => {
          K && K[3] === "gpu-buffer" && l.webgpuUnregisterBuffer(K[2].gpuBuffer);
        }), i.forEach((K) => {
          K && K[3] === "gpu-buffer" && l.webgpuUnregisterBuffer(K[2].gpuBuffer);
        }), Y.forEach((K) => l._OrtReleaseTensor(K)), O.forEach((K) => l._OrtReleaseTensor(K)), $.forEach((K) => l._free(K)), U !== 0 && l._OrtReleaseRunOptions(U), M.forEach((K) => l._free(K));
      }
    }, or = (a) => {
      let r = j(), s = ft.get(a);
      if (!s) throw new Error("invalid session id");
      let f7 = s[0], i = r._OrtEndProfiling(f7);
      i === 0 && V("Can't get an profile file name."), r._OrtFree(i);
    }, ar = (a) => {
      let r = [];
      for (let s of a) {
        let f7 = s[2];
        !Array.isArray(f7) && "buffer" in f7 && r.push(f7.buffer);
      }
      return r;
    };
  });
  var ct;
  var Ee;
  var Dt;
  var hr;
  var br;
  var mr;
  var mn;
  var hn;
  var gt;
  var yt;
  var Gc;
  var $s;
  var zs;
  var Vs;
  var js;
  var Hs;
  var qs;
  var Ys;
  var bn = G(() => {
    "use strict";
    ze();
    nn();
    Ve();
    Zt();
    ct = () => !!ee.wasm.proxy && typeof document < "u", Dt = false, hr = false, br = false, hn = /* @__PURE__ */ new Map(), gt = (a, r) => {
      let s = hn.get(a);
      s ? s.push(r) : hn.set(a, [r]);
    }, yt = () => {
      if (Dt || !hr || br || !Ee) throw new Error("worker not ready");
    }, Gc = (a) => {
      switch (a.data.type) {
        case "init-wasm":
          Dt = false, a.data.err ? (br = true, mn[1](a.data.err)) : (hr = true, mn[0]()), mr && (URL.revokeObjectURL(mr), mr = void 0);
          break;
        case "init-ep":
        case "copy-from":
        case "create":
        case "release":
        case "run":
        case "end-profiling": {
          let r = hn.get(a.data.type);
          a.data.err ? r.shift()[1](a.data.err) : r.shift()[0](a.data.out);
          break;
        }
        default:
      }
    }, $s = async () => {
      if (!hr) {
        if (Dt) throw new Error("multiple calls to 'initWasm()' detected.");
        if (br) throw new Error("previous call to 'initWasm()' failed.");
        if (Dt = true, ct()) return new Promise((a, r) => {
          Ee?.terminate(), Ts().then(([s, f7]) => {
            try {
              Ee = f7, Ee.onerror = (p) => r(p), Ee.onmessage = Gc, mn = [a, r];
              let i = { type: "init-wasm", in: ee };
              !i.in.wasm.wasmPaths && (s || an) && (i.in.wasm.wasmPaths = { wasm: new URL("ort-wasm-simd-threaded.asyncify.wasm", self.location.href).href }), Ee.postMessage(i), mr = s;
            } catch (i) {
              r(i);
            }
          }, r);
        });
        try {
          await Kt(ee.wasm), await Qt(ee), hr = true;
        } catch (a) {
          throw br = true, a;
        } finally {
          Dt = false;
        }
      }
    }, zs = async (a) => {
      if (ct()) return yt(), new Promise((r, s) => {
        gt("init-ep", [r, s]);
        let f7 = { type: "init-ep", in: { epName: a, env: ee } };
        Ee.postMessage(f7);
      });
      await er(ee, a);
    }, Vs = async (a) => ct() ? (yt(), new Promise((r, s) => {
      gt("copy-from", [r, s]);
      let f7 = { type: "copy-from", in: { buffer: a } };
      Ee.postMessage(f7, [a.buffer]);
    })) : Lt(a), js = async (a, r) => {
      if (ct()) {
        if (r?.preferredOutputLocation) throw new Error('session option "preferredOutputLocation" is not supported for proxy.');
        return yt(), new Promise((s, f7) => {
          gt("create", [s, f7]);
          let i = { type: "create", in: { model: a, options: { ...r } } }, p = [];
          a instanceof Uint8Array && p.push(a.buffer), Ee.postMessage(i, p);
        });
      } else return tr(a, r);
    }, Hs = async (a) => {
      if (ct()) return yt(), new Promise((r, s) => {
        gt("release", [r, s]);
        let f7 = { type: "release", in: a };
        Ee.postMessage(f7);
      });
      rr(a);
    }, qs = async (a, r, s, f7, i, p) => {
      if (ct()) {
        if (s.some((l) => l[3] !== "cpu")) throw new Error("input tensor on GPU is not supported for proxy.");
        if (i.some((l) => l)) throw new Error("pre-allocated output tensor is not supported for proxy.");
        return yt(), new Promise((l, b) => {
          gt("run", [l, b]);
          let g = s, w = { type: "run", in: { sessionId: a, inputIndices: r, inputs: g, outputIndices: f7, options: p } };
          Ee.postMessage(w, ar(g));
        });
      } else return nr(a, r, s, f7, i, p);
    }, Ys = async (a) => {
      if (ct()) return yt(), new Promise((r, s) => {
        gt("end-profiling", [r, s]);
        let f7 = { type: "end-profiling", in: a };
        Ee.postMessage(f7);
      });
      or(a);
    };
  });
  var Js;
  var $c;
  var gr;
  var Xs = G(() => {
    "use strict";
    ze();
    bn();
    ut();
    Xt();
    cn();
    Js = (a, r) => {
      switch (a.location) {
        case "cpu":
          return [a.type, a.dims, a.data, "cpu"];
        case "gpu-buffer":
          return [a.type, a.dims, { gpuBuffer: a.gpuBuffer }, "gpu-buffer"];
        case "ml-tensor":
          return [a.type, a.dims, { mlTensor: a.mlTensor }, "ml-tensor"];
        default:
          throw new Error(`invalid data location: ${a.location} for ${r()}`);
      }
    }, $c = (a) => {
      switch (a[3]) {
        case "cpu":
          return new Le(a[0], a[2], a[1]);
        case "gpu-buffer": {
          let r = a[0];
          if (!fr(r)) throw new Error(`not supported data type: ${r} for deserializing GPU tensor`);
          let { gpuBuffer: s, download: f7, dispose: i } = a[2];
          return Le.fromGpuBuffer(s, { dataType: r, dims: a[1], download: f7, dispose: i });
        }
        case "ml-tensor": {
          let r = a[0];
          if (!cr(r)) throw new Error(`not supported data type: ${r} for deserializing MLTensor tensor`);
          let { mlTensor: s, download: f7, dispose: i } = a[2];
          return Le.fromMLTensor(s, { dataType: r, dims: a[1], download: f7, dispose: i });
        }
        default:
          throw new Error(`invalid data location: ${a[3]}`);
      }
    }, gr = class {
      async fetchModelAndCopyToWasmMemory(r) {
        return Vs(await Ct(r));
      }
      async loadModel(r, s) {
        ot();
        let f7;
        typeof r == "string" ? f7 = await this.fetchModelAndCopyToWasmMemory(r) : f7 = r, [this.sessionId, this.inputNames, this.outputNames, this.inputMetadata, this.outputMetadata] = await js(f7, s), at();
      }
      async dispose() {
        return Hs(this.sessionId);
      }
      async run(r, s, f7) {
        ot();
        let i = [], p = [];
        Object.entries(r).forEach((T) => {
          let A = T[0], C = T[1], _ = this.inputNames.indexOf(A);
          if (_ === -1) throw new Error(`invalid input '${A}'`);
          i.push(C), p.push(_);
        });
        let l = [], b = [];
        Object.entries(s).forEach((T) => {
          let A = T[0], C = T[1], _ = this.outputNames.indexOf(A);
          if (_ === -1) throw new Error(`invalid output '${A}'`);
          l.push(C), b.push(_);
        });
        let g = i.map((T, A) => Js(T, () => `input "${this.inputNames[p[A]]}"`)), w = l.map((T, A) => T ? Js(T, () => `output "${this.outputNames[b[A]]}"`) : null), S = await qs(this.sessionId, p, g, b, w, f7), v = {};
        for (let T = 0; T < S.length; T++) v[this.outputNames[b[T]]] = l[T] ?? $c(S[T]);
        return at(), v;
      }
      startProfiling() {
      }
      endProfiling() {
        Ys(this.sessionId);
      }
    };
  });
  var Ks = {};
  At(Ks, { OnnxruntimeWebAssemblyBackend: () => yr, initializeFlags: () => Zs, wasmBackend: () => zc });
  var Zs;
  var yr;
  var zc;
  var Qs = G(() => {
    "use strict";
    ze();
    bn();
    Xs();
    Zs = () => {
      (typeof ee.wasm.initTimeout != "number" || ee.wasm.initTimeout < 0) && (ee.wasm.initTimeout = 0);
      let a = ee.wasm.simd;
      if (typeof a != "boolean" && a !== void 0 && a !== "fixed" && a !== "relaxed" && (console.warn(`Property "env.wasm.simd" is set to unknown value "${a}". Reset it to \`false\` and ignore SIMD feature checking.`), ee.wasm.simd = false), typeof ee.wasm.proxy != "boolean" && (ee.wasm.proxy = false), typeof ee.wasm.trace != "boolean" && (ee.wasm.trace = false), typeof ee.wasm.numThreads != "number" || !Number.isInteger(ee.wasm.numThreads) || ee.wasm.numThreads <= 0) if (typeof self < "u" && !self.crossOriginIsolated) ee.wasm.numThreads = 1;
      else {
        let r = typeof navigator > "u" ? Xr("node:os").cpus().length : navigator.hardwareConcurrency;
        ee.wasm.numThreads = Math.min(4, Math.ceil((r || 1) / 2));
      }
    }, yr = class {
      async init(r) {
        Zs(), await $s(), await zs(r);
      }
      async createInferenceSessionHandler(r, s) {
        let f7 = new gr();
        return await f7.loadModel(r, s), f7;
      }
    }, zc = new yr();
  });
  ze();
  ze();
  ze();
  var is = "1.30.0";
  var $l = rn;
  {
    let a = (Qs(), Ht(Ks)).wasmBackend;
    rt("webgpu", a, 5), rt("webnn", a, 5), rt("cpu", a, 10), rt("wasm", a, 10);
  }
  Object.defineProperty(ee.versions, "web", { value: is, enumerable: true });

  // ../engine.js
  var dtypeOf = (values) => values.constructor.name.replace("Array", "").toLowerCase();

  // adapter.js
  var LIMIT = 3e3;
  async function adapterOf() {
    const gpu = (
      /** @type {any} */
      navigator.gpu
    );
    const late = new Promise((done) => setTimeout(done, LIMIT, null));
    const adapter = await Promise.race([gpu?.requestAdapter(), late]).catch(() => null);
    if (!adapter) return { found: false, software: false };
    return { found: true, software: Boolean(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter) };
  }

  // ../../../canvas/js/box_keys.js
  var STEP = 8;
  var SHARE = 1 / 3;
  var ARROWS = { ArrowUp: [-STEP, 0], ArrowDown: [STEP, 0], ArrowLeft: [0, -STEP], ArrowRight: [0, STEP] };

  // ../page_engine.js
  function rowsOf({ values, shape }, rows) {
    const size = shape.slice(1).reduce((a, b) => a * b, 1);
    const taken = values.slice(0, rows.length * size);
    for (const [place, row] of rows.entries()) taken.set(values.subarray(row * size, (row + 1) * size), place * size);
    return { shape: [rows.length, ...shape.slice(1)], values: taken };
  }

  // resizing.js
  var CHANNELS = 3;
  var PILLOW_BITS = 22;
  var OPENCV_STEPS = 2048;
  var f = Math.fround;
  function fitted(size, molding) {
    if (!molding.min_dim) return { scale: 1, content: size };
    const { scale, sides } = (molding.resizer === "pillow" ? inTwoSteps : atOnce)(size, molding);
    const half = molding.resizer === "torch" ? 0 : 0.5;
    const [height, width] = sides.map((side) => Math.max(1, Math.floor(side + half)));
    return { scale, content: [height, width] };
  }
  function atOnce(size, { min_dim, max_dim }) {
    const scale = Math.min(max_dim / Math.max(...size), min_dim / Math.min(...size));
    return { scale, sides: size.map((side) => side * scale) };
  }
  function inTwoSteps(size, { min_dim, max_dim }) {
    const short = Math.min(...size);
    const scale = min_dim / short;
    const sides = size.map((side) => side === short ? min_dim : scale * side);
    const long = Math.max(...sides);
    if (long <= max_dim) return { scale, sides };
    const smaller = max_dim / long;
    return { scale: scale * smaller, sides: sides.map((side) => side * smaller) };
  }
  function resize2(levels, from, to, resizer) {
    if (from[0] === to[0] && from[1] === to[1]) return levels;
    const rule = { skimage: bySkimage, torch: byTorch, pillow: byPillow, opencv: byOpencv }[resizer];
    const made = rule(levels, from, to);
    return new /** @type {new (made: ArrayLike<number>) => T} */
    levels.constructor(made);
  }
  function bySkimage(levels, from, to) {
    const [rows, columns] = [taps(from[0], to[0]), taps(from[1], to[1])];
    const [least, most] = limitsOf(levels);
    const made = new Float64Array(to[0] * to[1] * CHANNELS);
    let lowest = Infinity;
    let at2 = 0;
    for (let y = 0; y < to[0]; y++) {
      for (let x = 0; x < to[1]; x++) {
        for (let channel = 0; channel < CHANNELS; channel++) {
          let sum = 0;
          for (const [row, down] of rows[y]) {
            for (const [column, across] of columns[x]) {
              sum += levels[(row * from[1] + column) * CHANNELS + channel] * down * across;
            }
          }
          made[at2++] = sum;
          if (sum < lowest) lowest = sum;
        }
      }
    }
    const floor = least > 0 && lowest <= 0 ? 0 : least;
    return made.map((level) => Math.min(Math.max(level, floor), most));
  }
  function limitsOf(levels) {
    let [least, most] = [Infinity, -Infinity];
    for (const level of levels) {
      if (level < least) least = level;
      if (level > most) most = level;
    }
    return [least, most];
  }
  function taps(from, to) {
    return Array.from({ length: to }, (_, i) => {
      const place = (i + 0.5) * (from / to) - 0.5;
      const low = Math.floor(place);
      const both = [
        [low, 1 - (place - low)],
        [low + 1, place - low]
      ];
      return both.filter(([index]) => index >= 0 && index < from);
    });
  }
  function byTorch(levels, from, to) {
    const [rows, columns] = [line(from[0], to[0]), line(from[1], to[1])];
    const width = to[1] * CHANNELS;
    const wide = new Float64Array(from[0] * width);
    let at2 = 0;
    for (let y = 0; y < from[0]; y++) {
      for (const { low, high, share } of columns) {
        const [left, right] = [low, high].map((column) => (y * from[1] + column) * CHANNELS);
        for (let channel = 0; channel < CHANNELS; channel++) {
          wide[at2++] = levels[left + channel] * (1 - share) + levels[right + channel] * share;
        }
      }
    }
    const made = new Float64Array(to[0] * width);
    for (const [y, { low, high, share }] of rows.entries()) {
      for (let i = 0; i < width; i++) {
        made[y * width + i] = wide[low * width + i] * (1 - share) + wide[high * width + i] * share;
      }
    }
    return made;
  }
  function line(source, target) {
    const step = f(source / target);
    return Array.from({ length: target }, (_, i) => {
      const place = Math.max(f(f(step * f(i + 0.5)) - 0.5), 0);
      const low = Math.min(Math.floor(place), source - 1);
      return { low, high: Math.min(low + 1, source - 1), share: place - low };
    });
  }
  function byPillow(levels, from, to) {
    const wide = alongAxis(levels, from[0], covers(from[1], to[1]), CHANNELS);
    return alongAxis(wide, 1, covers(from[0], to[0]), to[1] * CHANNELS);
  }
  function alongAxis(levels, before, { source, covers: line2 }, inside) {
    const made = new Uint8Array(before * line2.length * inside);
    let at2 = 0;
    for (let row = 0; row < before; row++) {
      for (const { first, weights } of line2) {
        const start = (row * source + first) * inside;
        for (let i = 0; i < inside; i++) {
          let sum = 1 << PILLOW_BITS - 1;
          for (let k = 0; k < weights.length; k++) sum += levels[start + k * inside + i] * weights[k];
          made[at2++] = sum >> PILLOW_BITS;
        }
      }
    }
    return made;
  }
  function covers(source, target) {
    const scale = source / target;
    const support = Math.max(scale, 1);
    const found2 = Array.from({ length: target }, (_, i) => {
      const centre = (i + 0.5) * scale;
      const first = Math.max(Math.trunc(centre - support + 0.5), 0);
      const last = Math.min(Math.trunc(centre + support + 0.5), source);
      const hats = Array.from(
        { length: last - first },
        (__, k) => Math.max(1 - Math.abs((k + first - centre + 0.5) * (1 / support)), 0)
      );
      const sum = hats.reduce((a, b) => a + b, 0);
      return { first, weights: Int32Array.from(hats, (hat) => hat / sum * 2 ** PILLOW_BITS + 0.5) };
    });
    return { source, covers: found2 };
  }
  function byOpencv(levels, from, to) {
    if (from[0] === 2 * to[0] && from[1] === 2 * to[1]) return halved(levels, to);
    const width = to[1] * CHANNELS;
    const wide = new Int32Array(from[0] * width);
    const columns = stepped(from[1], to[1], true);
    let at2 = 0;
    for (let y = 0; y < from[0]; y++) {
      for (const { low, high, weights } of columns) {
        const [left, right] = [low, high].map((column) => (y * from[1] + column) * CHANNELS);
        for (let channel = 0; channel < CHANNELS; channel++) {
          wide[at2++] = levels[left + channel] * weights[0] + levels[right + channel] * weights[1] >> 4;
        }
      }
    }
    const made = new Uint8Array(to[0] * width);
    for (const [y, { low, high, weights }] of stepped(from[0], to[0], false).entries()) {
      for (let i = 0; i < width; i++) {
        const above = wide[low * width + i] * weights[0] >> 16;
        const below = wide[high * width + i] * weights[1] >> 16;
        made[y * width + i] = above + below + 2 >> 2;
      }
    }
    return made;
  }
  function halved(levels, to) {
    const width = to[1] * CHANNELS;
    return Uint8Array.from({ length: to[0] * width }, (_, i) => {
      const [y, x] = [Math.floor(i / width), i % width];
      const above = 4 * y * width + 2 * x - x % CHANNELS;
      const below = above + 2 * width;
      return levels[above] + levels[above + CHANNELS] + levels[below] + levels[below + CHANNELS] + 2 >> 2;
    });
  }
  function stepped(source, target, once) {
    const step = 1 / (target / source);
    const inside = (cell) => Math.min(Math.max(cell, 0), source - 1);
    return Array.from({ length: target }, (_, i) => {
      const place = f((i + 0.5) * step - 0.5);
      const low = Math.floor(place);
      const share = once && (low < 0 || low >= source - 1) ? 0 : f(place - low);
      const weights = (
        /** @type {[number, number]} */
        [f(1 - share), share].map((part) => even(part * OPENCV_STEPS))
      );
      return { low: inside(low), high: inside(low + 1), weights };
    });
  }

  // layout.js
  var STRIDE = 64;
  function even(value) {
    const low = Math.floor(value);
    const share = value - low;
    if (share !== 0.5) return share < 0.5 ? low : low + 1;
    return low % 2 === 0 ? low : low + 1;
  }
  function layoutOf(size, molding) {
    if (molding.mode !== "corner") return centredLayout(size, molding);
    const { scale, content } = fitted(size, molding);
    const [height, width] = content.map((length) => padded(length, molding.multiple));
    return { scale, content, shape: [height, width], offset: [0, 0] };
  }
  function centredLayout([height, width], { mode, min_dim, max_dim, min_scale }) {
    let scale = min_dim ? Math.max(1, min_dim / Math.min(height, width)) : 1;
    scale = Math.max(scale, min_scale);
    const longest = Math.max(height, width);
    if (mode === "square" && even(longest * scale) > max_dim) scale = max_dim / longest;
    const content = [Math.max(1, even(height * scale)), Math.max(1, even(width * scale))];
    const shape = mode === "square" ? [max_dim, max_dim] : [padded(content[0], STRIDE), padded(content[1], STRIDE)];
    const offset = [Math.floor((shape[0] - content[0]) / 2), Math.floor((shape[1] - content[1]) / 2)];
    return { scale, content, shape, offset };
  }
  var padded = (length, step) => Math.ceil(length / step) * step;
  function gridsOf(shape, { strides, spacing }) {
    const along = (length, stride) => Math.ceil(Math.ceil(length / stride) / spacing);
    return strides.map((stride) => [along(shape[0], stride), along(shape[1], stride)]);
  }
  function anchorsOf(shape, anchors) {
    const { levels, halves, ratios, strides, spacing, offset, stride_of_grid } = anchors;
    const grids = gridsOf(shape, anchors);
    const count = grids.reduce((sum, [rows, columns]) => sum + rows * columns * ratios.length, 0);
    const [boxes, level, ratio] = [new Float32Array(4 * count), new Int32Array(count), new Float32Array(count)];
    let at2 = 0;
    for (const [place, [rows, columns]] of grids.entries()) {
      const step = strides[place] * spacing;
      const [down, across] = stride_of_grid ? [Math.floor(shape[0] / rows), Math.floor(shape[1] / columns)] : [step, step];
      for (let cell = 0; cell < rows * columns; cell++) {
        const y = (Math.floor(cell / columns) + offset) * down;
        const x = (cell % columns + offset) * across;
        for (const [kind, [h, w]] of halves[place].entries()) {
          boxes.set([y - h, x - w, y + h, x + w], 4 * at2);
          level[at2] = levels[place];
          ratio[at2++] = ratios[kind];
        }
      }
    }
    const line2 = (values) => ({ values, shape: [count] });
    return { boxes: { values: boxes, shape: [count, 4] }, level: line2(level), ratio: line2(ratio) };
  }

  // molding.js
  var CHANNELS2 = 3;
  var f2 = Math.fround;
  function mold(picture, { molding }) {
    const layout = layoutOf(picture.size, molding);
    const image = (molding.mode === "corner" ? padded2 : centred)(picture, layout, molding);
    const [top, left] = layout.offset;
    const [height, width] = layout.content;
    const shape = [...layout.shape, CHANNELS2];
    const tensors = {
      "image.original": { shape: [...picture.size, CHANNELS2], values: picture.rgb },
      "molding.image": { shape, values: image },
      "molding.window": { shape: [4], values: Float32Array.of(top, left, top + height, left + width) },
      "molding.scale": { shape: [], values: Float32Array.of(layout.scale) },
      "reading.input": { shape, values: greyLevels(image, molding) }
    };
    return { layout, tensors };
  }
  function centred({ size, rgb }, layout, molding) {
    const resized = resize2(ordered(rgb, molding), size, layout.content, molding.resizer);
    return normalised(placed(resized, layout), molding);
  }
  function padded2({ size, rgb }, layout, molding) {
    const { resizer } = molding;
    const colours = ordered(rgb, molding);
    const content = resizer === "torch" ? resize2(normalised(colours, molding), size, layout.content, resizer) : normalised(resize2(colours, size, layout.content, resizer), molding);
    return placed(content, layout);
  }
  function placed(levels, { content, shape, offset }) {
    const whole = new /** @type {new (length: number) => T} */
    levels.constructor(shape[0] * shape[1] * CHANNELS2);
    const row = content[1] * CHANNELS2;
    for (let y = 0; y < content[0]; y++) {
      whole.set(levels.subarray(y * row, (y + 1) * row), ((y + offset[0]) * shape[1] + offset[1]) * CHANNELS2);
    }
    return whole;
  }
  function ordered(levels, { channel_order }) {
    if (channel_order === "rgb") return levels;
    const other = Uint8Array.from(levels);
    for (let i = 0; i < levels.length; i += CHANNELS2) [other[i], other[i + 2]] = [levels[i + 2], levels[i]];
    return other;
  }
  function normalised(levels, { mean, std, full_scale }) {
    const values = new Float32Array(levels.length);
    const divided = std.some((one) => one !== 1);
    for (let i = 0; i < levels.length; i++) {
      const channel = i % CHANNELS2;
      const level = full_scale === 1 ? levels[i] : f2(levels[i] / f2(full_scale));
      const centred2 = f2(level - f2(mean[channel]));
      values[i] = divided ? centred2 / f2(std[channel] ?? std[0]) : centred2;
    }
    return values;
  }
  function greyLevels(image, molding) {
    const { mean, std, full_scale } = molding;
    const levels = new Uint8Array(image.length);
    for (let i = 0; i < image.length; i++) {
      const channel = i % CHANNELS2;
      const level = f2(f2(f2(image[i] * f2(std[channel] ?? std[0])) + f2(mean[channel])) * f2(full_scale));
      levels[i] = Math.min(Math.max(even(level), 0), 255);
    }
    return ordered(levels, molding);
  }

  // pasting.js
  var f3 = Math.fround;
  function paste({ boxes, probs, window: window2, size, threshold, manifest }) {
    const real = stretched(boxes.values, window2.values, size, manifest.corner);
    const placed2 = manifest.pasting === "box" ? Int32Array.from(real, even) : real;
    const put = { box: inBox, padded: inGrownBox, grid: atCentres }[manifest.pasting];
    const [count, height, width] = probs.shape;
    const crops = Array.from({ length: count }, (_, row) => {
      const grid = probs.values.subarray(row * height * width, (row + 1) * height * width);
      const box = (
        /** @type {Box} */
        Array.from(placed2.subarray(4 * row, 4 * row + 4))
      );
      return put({ grid, cells: [height, width], box, size, threshold: f3(threshold) });
    });
    return { boxes: { values: placed2, shape: boxes.shape }, crops };
  }
  function stretched(boxes, window2, size, corner) {
    const stretch2 = [0, 1].map((axis) => {
      const extent = Math.max(f3(f3(window2[axis + 2] - window2[axis]) - corner), f3(1e-6));
      return f3((size[axis] - corner) / extent);
    });
    return Float32Array.from(boxes, (value, i) => {
      const [axis, edge] = [i % 2, i % 4 < 2 ? 0 : corner];
      const place = f3(f3(f3(f3(value - edge) - window2[axis]) * stretch2[axis]) + edge);
      return Math.min(Math.max(Number.isNaN(place) ? 0 : place, 0), size[axis]);
    });
  }
  var NOTHING = { box: (
    /** @type {Box} */
    [0, 0, 0, 0]
  ), bits: new Uint8Array(0) };
  function inBox({ grid, cells, box, threshold }) {
    const [top, left, bottom, right] = box;
    if (bottom <= top || right <= left) return NOTHING;
    const lines = [stretch(cells[0], bottom - top), stretch(cells[1], right - left)];
    const least = Math.min(...grid);
    return { box, bits: reached(grid, cells[1], lines, threshold, least) };
  }
  function inGrownBox({ grid, cells: [height, width], box, size, threshold }) {
    const around = new Float32Array((height + 2) * (width + 2));
    for (let y = 0; y < height; y++) {
      around.set(grid.subarray(y * width, (y + 1) * width), (y + 1) * (width + 2) + 1);
    }
    const growth = f3((height + 2) / height);
    const [rows, columns] = [height, width].map((cells, axis) => {
      const [start, end] = grown(box[axis], box[axis + 2], growth);
      const first = Math.max(start, 0);
      const last = Math.max(Math.min(end, size[axis]), first);
      return { first, last, taps: borderedLine(cells + 2, end - start).slice(first - start, last - start) };
    });
    return cropOf(around, width + 2, rows, columns, threshold);
  }
  function grown(start, end, growth) {
    const half = f3(f3(f3(end - start) * 0.5) * growth);
    const middle = f3(f3(end + start) * 0.5);
    return [Math.trunc(f3(middle - half)), Math.trunc(f3(middle + half)) + 1];
  }
  function atCentres({ grid, cells, box, size, threshold }) {
    if (box[2] <= box[0] || box[3] <= box[1]) return NOTHING;
    const [rows, columns] = cells.map((source, axis) => {
      const [start, end] = [box[axis], box[axis + 2]];
      const first = Math.max(Math.floor(start) - 1, 0);
      const last = Math.min(Math.ceil(end) + 1, size[axis]);
      const taps2 = Array.from({ length: last - first }, (_, i) => centreTaps(first + i, start, end, source));
      return { first, last, taps: taps2 };
    });
    return cropOf(grid, cells[1], rows, columns, threshold);
  }
  function centreTaps(pixel, start, end, source) {
    const place = f3(f3(f3(f3(f3(pixel + 0.5) - start) / f3(end - start)) * 2) - 1);
    return tapsAt(f3(f3(f3(f3(place + 1) * source) - 1) / 2), source, f3);
  }
  function cropOf(grid, width, rows, columns, threshold) {
    return {
      box: [rows.first, columns.first, rows.last, columns.last],
      bits: reached(grid, width, [rows.taps, columns.taps], threshold)
    };
  }
  function stretch(source, target) {
    return Array.from({ length: target }, (_, i) => tapsAt((i + 0.5) * (source / target) - 0.5, source));
  }
  function tapsAt(place, source, rounded = Number) {
    const low = Math.floor(place);
    const both = [low, low + 1].map((cell) => [cell, f3(1 - Math.abs(rounded(place - cell)))]);
    return both.filter(([cell, weight]) => cell >= 0 && cell < source && weight > 0);
  }
  function borderedLine(source, target) {
    return line(source, target).map(({ low, high, share }) => {
      if (low === high) return [[low, f3(f3(1 - share) + share)]];
      const both = [
        [low, f3(1 - share)],
        [high, share]
      ];
      return both.filter(([, weight]) => weight > 0);
    });
  }
  function reached(grid, width, [rows, columns], threshold, least = Math.min(0, ...grid)) {
    const bits = new Uint8Array(rows.length * columns.length);
    const line2 = new Float32Array(width);
    let at2 = 0;
    for (const row of rows) {
      line2.fill(0);
      for (const [cell, weight] of row) {
        for (let x = 0; x < width; x++) line2[x] = f3(line2[x] + f3(weight * grid[cell * width + x]));
      }
      for (const column of columns) {
        let sum = 0;
        for (const [cell, weight] of column) sum = f3(sum + f3(line2[cell] * weight));
        bits[at2++] = Math.max(sum, least) >= threshold ? 1 : 0;
      }
    }
    return bits;
  }
  function masksOf(crops, size, rows) {
    const [height, width] = size;
    const values = new Uint8Array(rows.length * height * width);
    for (const [place, row] of rows.entries()) {
      eachOf(crops[row], (y, x, bit) => {
        values[(place * height + y) * width + x] = bit;
      });
    }
    return { values, shape: [rows.length, height, width] };
  }
  function eachOf({ box: [top, left, bottom, right], bits }, act) {
    let at2 = 0;
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) act(y, x, bits[at2++]);
  }
  function compose({ rgb, size }, crops, { palette, alpha }) {
    const composed = new Float32Array(rgb);
    for (let row = crops.length - 1; row >= 0; row--) {
      const colour = palette[row % palette.length].map((level) => f3(f3(alpha) * level));
      eachOf(crops[row], (y, x, bit) => {
        if (!bit) return;
        const at2 = 3 * (y * size[1] + x);
        for (let i = 0; i < 3; i++) composed[at2 + i] = f3(f3(f3(1 - alpha) * composed[at2 + i]) + colour[i]);
      });
    }
    const values = new Uint8Array(composed.length);
    for (let i = 0; i < values.length; i++) values[i] = even(composed[i]);
    return { values, shape: [...size, 3] };
  }

  // reuse.js
  var KEYS = (
    /** @type {Record<string, (run: Run) => { boxes: string, keys: string[] }>} */
    {
      heads: (run2) => ({
        boxes: "proposals.boxes",
        keys: Array.from(known(run2.tensors, "proposals.anchor_index").values, String)
      }),
      masks(run2) {
        const anchors = known(run2.tensors, "proposals.anchor_index").values;
        const classes = known(run2.tensors, "detections.class_ids").values;
        const proposals = known(run2.tensors, "detections.proposal_index").values;
        return { boxes: "detections.boxes", keys: Array.from(proposals, (row, i) => `${anchors[row]} ${classes[i]}`) };
      }
    }
  );
  async function runRows(part, given, run2, former, runPart) {
    const rule = KEYS[part.name];
    if (!rule || !former.length) return runPart(part, given);
    const { boxes, keys } = rule(run2);
    const places = placesIn(rule, former);
    const fresh = keys.flatMap((key, row) => places.has(key) ? [] : [row]);
    if (fresh.length === keys.length) return runPart(part, given);
    const byRow = part.reads.filter(
      (name) => given[name].shape[0] === keys.length && name.startsWith(boxes.split(".")[0])
    );
    const some = Object.fromEntries(byRow.map((name) => [name, rowsOf(given[name], fresh)]));
    const made = fresh.length ? await runPart(part, { ...given, ...some }) : {};
    const froms = keys.map((key) => places.get(key));
    return Object.fromEntries(part.makes.map((name) => [name, gathered(name, made[name], froms, former)]));
  }
  function placesIn(rule, former) {
    const places = /* @__PURE__ */ new Map();
    for (const { tensors, ...rest } of former) {
      for (const [row, key] of rule({ tensors, ...rest }).keys.entries()) places.set(key, { tensors, row });
    }
    return places;
  }
  function gathered(name, made, froms, former) {
    const like = made ?? known(former[0].tensors, name);
    const size = like.shape.slice(1).reduce((a, b) => a * b, 1);
    const Type = (
      /** @type {Float32ArrayConstructor} */
      like.values.constructor
    );
    const values = new Type(froms.length * size);
    let next = 0;
    for (const [row, from] of froms.entries()) {
      const source = from ? known(from.tensors, name) : (
        /** @type {Tensor} */
        made
      );
      const at2 = from ? from.row : next++;
      values.set(source.values.subarray(at2 * size, (at2 + 1) * size), row * size);
    }
    return { values, shape: [froms.length, ...like.shape.slice(1)] };
  }

  // chain.js
  var PASTING = "pasting.threshold";
  var Cancelled = class extends Error {
  };
  async function runPicture(manifest, picture, runPart, before) {
    await before("image");
    const start = performance.now();
    const { layout, tensors } = mold(picture, manifest);
    const anchors = anchorsOf(layout.shape, manifest.anchors);
    const known2 = new Map(Object.entries(tensors));
    for (const [name, tensor] of Object.entries(anchors)) known2.set(`anchors.${name}`, tensor);
    const settings = Object.fromEntries(manifest.settings.map((one) => [one.name, one.own]));
    const run2 = { picture, settings, tensors: known2, crops: [], milliseconds: { image: performance.now() - start } };
    return through(manifest, run2, manifest.parts, { runPart, before, former: [] });
  }
  async function runAgain(manifest, former, settings, runPart, before) {
    const run2 = former[former.length - 1];
    const changed = Object.keys(settings).filter((name) => settings[name] !== run2.settings[name]);
    if (!changed.length) return run2;
    const first = manifest.parts.findIndex((part) => part.settings.some((name) => changed.includes(name)));
    const parts = first < 0 ? [] : manifest.parts.slice(first);
    const next = { ...run2, settings, tensors: new Map(run2.tensors), milliseconds: {} };
    return through(manifest, next, parts, { runPart, before, former });
  }
  async function through(manifest, run2, parts, { runPart, before, former }) {
    for (const part of parts) {
      await before(part.name);
      const start = performance.now();
      const made = await runRows(part, givenTo(part, run2), run2, former, runPart);
      for (const [name, tensor] of Object.entries(made)) run2.tensors.set(name, tensor);
      run2.milliseconds[part.name] = performance.now() - start;
    }
    await before("pasting");
    return pasted(manifest, run2);
  }
  function givenTo(part, { tensors, settings }) {
    const given = Object.fromEntries(part.reads.map((name) => [name, known(tensors, name)]));
    for (const name of part.settings) {
      const whole = !/threshold|score/.test(name);
      given[name] = { shape: [], values: whole ? Int32Array.of(settings[name]) : Float32Array.of(settings[name]) };
    }
    return given;
  }
  function pasted(manifest, run2) {
    const start = performance.now();
    const { tensors, picture, settings } = run2;
    const { boxes, crops } = paste({
      boxes: known(tensors, "detections.boxes"),
      probs: known(tensors, "mask_head.probs"),
      window: known(tensors, "molding.window"),
      size: picture.size,
      threshold: settings[PASTING],
      manifest
    });
    tensors.set("pasting.boxes", boxes);
    tensors.set("composing.picture", compose(picture, crops, manifest));
    run2.milliseconds.pasting = performance.now() - start;
    return { ...run2, crops };
  }
  function known(tensors, name) {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`this run does not hold ${name}`);
    return tensor;
  }

  // suppression.js
  var LEAST = -34e37;
  function explain({ boxes, rows, scores, kept, threshold, count, corner, groups }) {
    const total = scores.length;
    const said = { by: new Int32Array(total).fill(-1), iou: new Float32Array(total), beyond: new Uint8Array(total) };
    const place = inverse(kept, total);
    const rank = inverse(byScore(scores), total);
    const full = kept.length >= count;
    const last = kept.length ? rank[kept[kept.length - 1]] : -1;
    for (const row of rows) {
      if (place[row] >= 0) continue;
      if (!kept.length || full && rank[row] >= last) {
        said.beyond[row] = 1;
        continue;
      }
      const { by, iou } = overlapping(row, { boxes, kept, rank, threshold, corner, groups });
      [said.by[row], said.iou[row]] = [by, iou];
      if (by < 0) said.beyond[row] = 1;
    }
    return said;
  }
  function overlapping(row, { boxes, kept, rank, threshold, corner, groups }) {
    let best = { by: -1, iou: 0 };
    for (const other of kept) {
      if (rank[other] >= rank[row]) break;
      if (groups && groups[other] !== groups[row]) continue;
      const iou = overlap(boxes, row, boxes, other, corner);
      if (iou > threshold) return { by: other, iou };
      if (iou > best.iou) best = { by: other, iou };
    }
    return best;
  }
  function placesWithoutCount({ boxes, rows, scores, threshold, corner, groups }) {
    const edges = Float32Array.from(boxes, (value, i) => i % 4 < 2 ? value : value - corner);
    const entered = new Set(rows);
    const kept = [];
    for (const row of byScore(scores)) {
      if (!entered.has(row) || !(scores[row] > LEAST)) continue;
      const gone = kept.some(
        (other) => (!groups || groups[other] === groups[row]) && overlap(edges, row, edges, other, 0) > threshold
      );
      if (!gone) kept.push(row);
    }
    return inverse(kept, scores.length);
  }
  function overlap(a, i, b, j2, corner) {
    const f7 = Math.fround;
    const side = (boxes, row, axis) => Math.max(f7(f7(boxes[4 * row + axis + 2] - boxes[4 * row + axis]) - corner), 0);
    const shared = (axis) => Math.max(
      f7(f7(Math.min(a[4 * i + axis + 2], b[4 * j2 + axis + 2]) - Math.max(a[4 * i + axis], b[4 * j2 + axis])) - corner),
      0
    );
    const both = f7(shared(0) * shared(1));
    if (!(both > 0)) return 0;
    const union = f7(f7(f7(side(a, i, 0) * side(a, i, 1)) + f7(side(b, j2, 0) * side(b, j2, 1))) - both);
    return f7(both / (union > 0 ? union : 1));
  }
  function byScore(scores) {
    const height = (row) => Number.isNaN(scores[row]) ? -Infinity : scores[row];
    return Int32Array.from(scores, (_, row) => row).sort((a, b) => height(b) - height(a) || a - b);
  }
  function inverse(index, total) {
    const places = new Int32Array(total).fill(-1);
    for (let i = index.length - 1; i >= 0; i--) places[index[i]] = i;
    return places;
  }

  // fates.js
  var f4 = Math.fround;
  var followed = /* @__PURE__ */ new WeakMap();
  var ranked = /* @__PURE__ */ new WeakMap();
  function fatesOf(run2, manifest) {
    const fates = followed.get(run2) ?? follow(run2, manifest);
    followed.set(run2, fates);
    return fates;
  }
  function follow(run2, manifest) {
    const get = (name) => known(run2.tensors, name).values;
    const id = (words) => manifest.fates.indexOf(words);
    const total = get("anchors.level").length;
    const topK = get("proposals.top_k_index");
    const fate = new Int32Array(total).fill(id("below top k"));
    const [by, iou] = [new Int32Array(total).fill(-1), new Float32Array(total)];
    const first = explain(proposalNms(run2, manifest));
    for (const [row, anchor] of topK.entries()) {
      if (first.by[row] >= 0)
        [fate[anchor], by[anchor], iou[anchor]] = [id("suppressed as proposal"), topK[first.by[row]], first.iou[row]];
      else if (first.beyond[row]) fate[anchor] = id("beyond proposal count");
      else fate[anchor] = id("too small as proposal");
    }
    const candidates = candidateFates(run2, manifest);
    const proposals = get("detections.candidate_proposal");
    const anchorOf = (row) => get("proposals.anchor_index")[proposals[row]];
    for (const row of furthest(run2, candidates)) {
      const [anchor, other] = [anchorOf(row), candidates.by[row]];
      [fate[anchor], iou[anchor]] = [candidates.fate[row], candidates.iou[row]];
      if (other >= 0) by[anchor] = anchorOf(other);
    }
    const line2 = (values) => ({ values, shape: [total] });
    return { fate: line2(fate), by: line2(by), iou: line2(iou), rank: line2(anchorRanks(run2, manifest)), candidates };
  }
  function candidateFates(run2, manifest) {
    const get = (name) => known(run2.tensors, name).values;
    const id = (words) => manifest.fates.indexOf(words);
    const [classes, scores] = [get("detections.candidate_class"), get("detections.candidate_score")];
    const detection = inverse(get("detections.candidate_index"), classes.length);
    const { by, iou, beyond } = explain(classNms(run2, manifest));
    const fate = Int32Array.from(classes, (name, row) => {
      if (detection[row] >= 0) return id(visible(run2, detection[row]) ? "reported" : "empty mask");
      if (by[row] >= 0) return id("suppressed in its class");
      if (beyond[row]) return id("beyond maximum");
      if (name === 0) return id("background");
      return id(enough(scores[row], run2, manifest) ? "too small" : "below minimum score");
    });
    return { fate, by, iou, detection };
  }
  function furthest({ tensors }, { fate }) {
    const scores = known(tensors, "detections.candidate_score").values;
    const score = (row) => Number.isNaN(scores[row]) ? -1 : scores[row];
    const best = /* @__PURE__ */ new Map();
    for (const [row, proposal] of known(tensors, "detections.candidate_proposal").values.entries()) {
      const other = best.get(proposal);
      if (other === void 0 || fate[row] > fate[other] || fate[row] === fate[other] && score(row) > score(other))
        best.set(proposal, row);
    }
    return best.values();
  }
  function anchorRanks({ tensors }, { ranking }) {
    const scores = known(tensors, "rpn.scores");
    const kept = ranked.get(scores);
    if (kept) return kept;
    const levels = known(tensors, "anchors.level").values;
    const ranks = new Int32Array(levels.length);
    const next = /* @__PURE__ */ new Map();
    for (const anchor of byScore(heights(tensors, ranking.top_k_by))) {
      const group = ranking.by_level ? levels[anchor] : 0;
      ranks[anchor] = next.get(group) ?? 0;
      next.set(group, ranks[anchor] + 1);
    }
    ranked.set(scores, ranks);
    return ranks;
  }
  function heights(tensors, by) {
    if (by === "score") return known(tensors, "rpn.scores").values;
    const { values, shape } = known(tensors, "rpn.logits");
    return shape[1] === 1 ? values : Float32Array.from({ length: shape[0] }, (_, i) => values[2 * i + 1] - values[2 * i]);
  }
  function proposalNms({ tensors, settings }, { ranking, corner }) {
    const [boxes, topK] = [known(tensors, "proposals.clipped").values, known(tensors, "proposals.top_k_index").values];
    const [ranks, levels] = [heights(tensors, ranking.nms_by), known(tensors, "anchors.level").values];
    return {
      boxes,
      rows: large(boxes, ranking.proposals_min_size, corner),
      scores: Float32Array.from(topK, (anchor) => ranks[anchor]),
      kept: known(tensors, "proposals.nms_index").values,
      threshold: f4(settings["proposals.nms_threshold"]),
      count: settings["proposals.count"],
      corner,
      groups: ranking.by_level ? topK.map((anchor) => levels[anchor]) : null
    };
  }
  function classNms(run2, manifest) {
    const get = (name) => known(run2.tensors, name).values;
    const classes = get("detections.candidate_class");
    const { settings } = run2;
    return {
      boxes: get("detections.clipped"),
      rows: passing(run2, manifest),
      scores: get("detections.candidate_score"),
      kept: get("detections.candidate_index"),
      threshold: f4(settings["detections.nms_threshold"]),
      count: settings["detections.max_count"],
      corner: manifest.corner,
      groups: classes
    };
  }
  function passing(run2, manifest) {
    const get = (name) => known(run2.tensors, name).values;
    const [classes, scores] = [get("detections.candidate_class"), get("detections.candidate_score")];
    const rows = large(get("detections.clipped"), manifest.ranking.detections_min_size, manifest.corner);
    return rows.filter((row) => classes[row] > 0 && enough(scores[row], run2, manifest));
  }
  function enough(score, { settings }, { ranking }) {
    const least = f4(settings["detections.min_score"]);
    return (ranking.every ? score > least : score >= least) || least === 0;
  }
  function large(boxes, least, corner) {
    const rows = Array.from({ length: boxes.length / 4 }, (_, row) => row);
    if (least < 0) return rows;
    const side = (at2) => f4(f4(boxes[at2 + 2] - boxes[at2]) - corner);
    return rows.filter((row) => side(4 * row) > f4(least) && side(4 * row + 1) > f4(least));
  }
  function visible({ crops, tensors }, detection) {
    const [top, left, bottom, right] = known(tensors, "pasting.boxes").values.slice(4 * detection, 4 * detection + 4);
    return bottom > top && right > left && crops[detection].bits.includes(1);
  }

  // readings.js
  var f5 = Math.fround;
  var BOXES = { box_roi: "proposals.boxes", mask_roi: "detections.boxes" };
  function reading(name, run2, manifest) {
    const [, kind, ...rest] = name.split(".");
    const of = rest.join(".");
    if (kind === "energy") return energy(known(run2.tensors, of));
    if (kind === "order") return order(known(run2.tensors, of));
    if (kind === "table") return { shape: [256, 3], values: Uint8Array.from(manifest.tables[of]) };
    if (kind === "fate") return fatesOf(run2, manifest)[
      /** @type {Exclude<keyof Fates, "candidates">} */
      of
    ];
    if (kind === "rows" || kind === "columns") {
      const axis = kind === "rows" ? 0 : 1;
      return of in BOXES ? points(
        /** @type {keyof typeof BOXES} */
        of,
        axis,
        run2,
        manifest
      ) : field(of, axis, run2, manifest);
    }
    throw new Error(`wanted a reading, received ${name}`);
  }
  function energy({ values, shape }) {
    const channels = shape[shape.length - 1];
    const made = new Float32Array(values.length / channels);
    for (let cell = 0; cell < made.length; cell++) {
      let sum = 0;
      for (let i = cell * channels; i < (cell + 1) * channels; i++) sum += values[i] * values[i];
      made[cell] = Math.sqrt(sum / channels);
    }
    return { shape: shape.slice(0, -1), values: made };
  }
  function order({ values, shape }) {
    const channels = shape[shape.length - 1];
    const sums = new Float64Array(channels);
    for (let i = 0; i < values.length; i++) sums[i % channels] += values[i] * values[i];
    const strength = (one) => Number.isFinite(sums[one]) ? sums[one] : Infinity;
    const all = Array.from(sums, (_, i) => i).sort((a, b) => strength(b) - strength(a) || a - b);
    return { shape: [channels], values: Int32Array.from(all) };
  }
  function field(name, axis, { tensors }, { receptive }) {
    const side = known(tensors, "molding.image").shape[axis];
    const values = Int32Array.from(receptive[name][side]);
    return { shape: [values.length / 2, 2], values };
  }
  function points(stage, axis, { tensors }, manifest) {
    const [boxes, levels] = [known(tensors, BOXES[stage]), known(tensors, `${stage}.level`)];
    const roi = manifest.roi[stage];
    const side = known(tensors, "molding.image").shape[axis];
    const lines = Array.from(levels.values, (level, row) => {
      const ends = [boxes.values[4 * row + axis], boxes.values[4 * row + axis + 2]];
      const cells = known(tensors, `fpn.p${level}`).shape[axis];
      const line2 = { cells, side, stride: 2 ** level, corner: manifest.corner };
      return (roi.sampling === "corners" ? onCorners : inCells)(ends, line2, roi);
    });
    const widest = lines.reduce((most, line2) => Math.max(most, line2.length), 0);
    const values = new Float32Array(lines.length * widest).fill(Number.NaN);
    for (const [row, line2] of lines.entries()) values.set(line2, row * widest);
    return { shape: [lines.length, widest], values };
  }
  function onCorners([start, end], { cells, side, corner }, { size }) {
    const longest = cells - 1;
    const whole = f5(side - corner);
    const [first, last] = [f5(start / whole), f5(f5(end - corner) / whole)];
    const back = (place) => f5(f5(f5(place * f5(side - corner)) / Math.max(longest, 1)) + f5(0.5 * corner));
    return placesOf(first, last, longest, size).map(back);
  }
  function inCells(ends, { cells, stride, corner }, roi) {
    const { aligned } = roi;
    const start = f5(ends[0] / stride);
    const exact2 = f5(f5(ends[1] - corner) / stride);
    const end = aligned ? exact2 : f5(start + Math.max(f5(exact2 - start), 1));
    const count = countOf(start, end, roi);
    const [side, middle] = [f5(end - start), aligned ? 0.5 : 0];
    const first = f5(f5(f5(start + f5(f5(0.5 * side) / count)) - middle) + 1);
    const last = f5(first + f5(f5(side * (count - 1)) / count));
    const edge = f5(cells + 1);
    const places = placesOf(f5(first / edge), f5(last / edge), cells + 1, count);
    return places.map((place) => f5(f5(f5(place - 1) + middle) * stride));
  }
  function countOf(start, end, { size, samples, aligned }) {
    if (samples) return size * samples;
    const shift = aligned ? 0.5 : 0;
    const each = Math.ceil(f5(f5(f5(end - shift) - f5(start - shift)) / size));
    return size * (Number.isFinite(each) ? Math.max(each, 1) : 1);
  }
  function placesOf(first, last, longest, count) {
    if (count === 1) return Float32Array.of(f5(f5(f5(0.5) * f5(first + last)) * longest));
    const step = f5(f5(f5(last - first) * longest) / (count - 1));
    return Float32Array.from({ length: count }, (_, i) => f5(f5(first * longest) + f5(i * step)));
  }

  // answers.js
  var computed = /* @__PURE__ */ new WeakMap();
  function answer(run2, manifest, { name, rows, channel }) {
    if (name === "pasting.masks") return masksOf(run2.crops, run2.picture.size, rows ?? run2.crops.map((_, row) => row));
    const whole = name.startsWith("reading.") && !run2.tensors.has(name) ? readingOf(run2, manifest, name) : known(run2.tensors, name);
    if (rows) return rowsOf(whole, checked(rows, whole.shape[0] ?? 0, name));
    return channel === void 0 ? whole : channelOf(whole, checked([channel], whole.shape[whole.shape.length - 1], name)[0]);
  }
  function readingOf(run2, manifest, name) {
    const kept = computed.get(run2) ?? /* @__PURE__ */ new Map();
    computed.set(run2, kept);
    if (!kept.has(name)) kept.set(name, reading(name, run2, manifest));
    return kept.get(name);
  }
  function channelOf({ values, shape }, channel) {
    const channels = shape[shape.length - 1];
    const taken = values.slice(0, values.length / channels);
    for (let i = 0; i < taken.length; i++) taken[i] = values[i * channels + channel];
    return { values: taken, shape: shape.slice(0, -1) };
  }
  function checked(indices, length, name) {
    for (const one of indices) {
      if (!(one >= 0 && one < length)) throw new Error(`${name}: wanted 0 to ${length - 1}, received ${one}`);
    }
    return indices;
  }

  // near.js
  var f6 = Math.fround;
  var REFINED = "all anchors, refined";
  function supposed(run2, manifest, drawn) {
    const [top, left, bottom, right] = drawn.map(f6);
    if (drawn.length !== 4 || !drawn.every(Number.isFinite) || !(bottom > top && right > left)) {
      const words = "wanted a box y1,x1,y2,x2 in image px with y2 > y1 and x2 > x1";
      throw new Error(`${words}, received [${drawn.join(", ")}]`);
    }
    const box = moldedBox(run2.picture.size, manifest, drawn);
    return { filled: filledBy(drawn, run2.picture.size), box, class_id: likeliest(run2, manifest, box) };
  }
  function filledBy(drawn, size) {
    const [top, left, bottom, right] = drawn.map(even);
    const inside = (one, axis) => Math.min(Math.max(one, 0), size[axis]);
    const last = [Math.max(bottom, top + 1), Math.max(right, left + 1)];
    return [inside(top, 0), inside(left, 1), inside(last[0], 0), inside(last[1], 1)];
  }
  function moldedBox(size, { molding }, drawn) {
    const { content, offset } = layoutOf(size, molding);
    return Float32Array.from(drawn, (value, i) => f6(value) * (content[i % 2] / size[i % 2]) + offset[i % 2]);
  }
  function likeliest({ tensors }, { corner, class_names, verdicts }, box) {
    const [boxes, probs] = [known(tensors, "proposals.boxes").values, known(tensors, "box_head.class_probs").values];
    const count = class_names.length;
    const highest = new Float32Array(count - 1).fill(-1);
    for (let row = 0; row < boxes.length / 4; row++) {
      if (overlap(boxes, row, box, 0, corner) < verdicts.near) continue;
      for (let id = 1; id < count; id++) highest[id - 1] = Math.max(highest[id - 1], probs[row * count + id]);
    }
    return 1 + argmax(highest);
  }
  var Candidates = class {
    /** @type {Map<string, Float32Array>} */
    #overlaps = /* @__PURE__ */ new Map();
    /** @type {Manifest} */
    #manifest;
    /** @type {Run["tensors"]} */
    #tensors;
    /**
     * @param {Run} run
     * @param {Manifest} manifest
     * @param {Supposed} object
     */
    constructor(run2, manifest, object) {
      this.run = run2;
      this.object = object;
      this.threshold = manifest.verdicts.near;
      this.#manifest = manifest;
      this.#tensors = run2.tensors;
    }
    /** @type {(name: string) => Numbers} */
    get(name) {
      return known(this.#tensors, name).values;
    }
    /** The anchor of a candidate. */
    anchorOf(row) {
      return this.get("proposals.anchor_index")[this.get("detections.candidate_proposal")[row]];
    }
    /** IoU of the anchors as they are. */
    get anchors() {
      return this.#overlap("anchors.boxes");
    }
    /** IoU that each anchor has once refined, those below the top k included. */
    get allRefined() {
      return this.#overlap(REFINED);
    }
    /** IoU of the refined anchors of the top k. */
    get clipped() {
      return this.#overlap("proposals.clipped");
    }
    /** IoU of the proposals. */
    get proposals() {
      return this.#overlap("proposals.boxes");
    }
    /** IoU of the boxes refined for their class. */
    get refined() {
      return this.#overlap("detections.clipped");
    }
    /** The anchors below the top k that would lie near the object once refined. */
    get belowTopK() {
      const top = new Set(this.get("proposals.top_k_index"));
      return this.#near(this.allRefined).filter((anchor) => !top.has(anchor));
    }
    /** The rows of the top k near the object. */
    get refinedPlaces() {
      return this.#near(this.clipped);
    }
    /**
     * The candidates near the object, before or after their own class refined them. Where each class is a candidate of its
     * own, those of the object's class: it has one of every proposal.
     */
    get near() {
      const [before, after, proposals] = [this.proposals, this.refined, this.get("detections.candidate_proposal")];
      const either = after.map((iou, row) => Math.max(before[proposals[row]], iou));
      return this.#near(either).filter((row) => !this.#manifest.ranking.every || this.#isRight(row));
    }
    /** The candidates of the object's class whose refined box is near it. */
    get placed() {
      return this.#near(this.refined).filter((row) => this.#isRight(row));
    }
    /** Those of them whose score is high enough. */
    get passed() {
      const enough2 = new Set(passing(this.run, this.#manifest));
      return this.placed.filter((row) => enough2.has(row));
    }
    #isRight(row) {
      return this.get("detections.candidate_class")[row] === this.object.class_id;
    }
    /** @type {(overlaps: Float32Array) => number[]} */
    #near(overlaps) {
      return Array.from(overlaps.keys()).filter((row) => overlaps[row] >= this.threshold);
    }
    /** @type {(name: string) => Float32Array} */
    #overlap(name) {
      const kept = this.#overlaps.get(name);
      if (kept) return kept;
      const boxes = name === REFINED ? refinedAnchors(this.run, this.#manifest) : this.get(name);
      const { corner } = this.#manifest;
      const made = Float32Array.from(
        { length: boxes.length / 4 },
        (_, row) => overlap(boxes, row, this.object.box, 0, corner)
      );
      this.#overlaps.set(name, made);
      return made;
    }
  };
  var refinedBy = /* @__PURE__ */ new WeakMap();
  function refinedAnchors({ tensors }, manifest) {
    const deltas = known(tensors, "rpn.deltas");
    const kept = refinedBy.get(deltas);
    if (kept) return kept;
    const anchors = known(tensors, "anchors.boxes").values;
    const limits = limitsOf2(tensors, manifest);
    const made = new Float32Array(anchors.length);
    for (let at2 = 0; at2 < anchors.length; at2 += 4) refine(anchors, deltas.values, at2, made, limits, manifest);
    refinedBy.set(deltas, made);
    return made;
  }
  function limitsOf2(tensors, { refining }) {
    if (refining.clip_to_window) return known(tensors, "molding.window").values;
    const [height, width] = known(tensors, "molding.image").shape;
    return [0, 0, height, width];
  }
  function refine(anchors, deltas, at2, made, limits, { corner, rules, refining }) {
    for (const axis of [0, 1]) {
      const start = anchors[at2 + axis];
      const side = f6(f6(anchors[at2 + axis + 2] - start) - corner);
      const shift = f6(deltas[at2 + axis] * f6(rules.rpn_std[axis]));
      let scale = f6(deltas[at2 + axis + 2] * f6(rules.rpn_std[axis + 2]));
      if (refining.most !== null) scale = Math.min(scale, refining.most);
      if (refining.least !== null) scale = Math.max(scale, refining.least);
      const centre = f6(f6(start + f6(0.5 * side)) + f6(shift * side));
      const length = f6(side * f6(Math.exp(scale)));
      const first = f6(centre - f6(0.5 * length));
      const last = f6(f6(first + length) + corner);
      made[at2 + axis] = Math.max(Math.min(first, f6(limits[axis + 2] - corner)), limits[axis]);
      made[at2 + axis + 2] = Math.max(Math.min(last, limits[axis + 2]), f6(limits[axis] + corner));
    }
  }
  function argmax(values) {
    let best = 0;
    for (let i = 0; i < values.length; i++) {
      if (Number.isNaN(values[i])) return i;
      if (values[i] > values[best]) best = i;
    }
    return best;
  }

  // decimals.js
  function fixed(value, digits) {
    const isMiddle = Math.abs(value * 2 ** (digits + 1)) % 2 === 1;
    return (isMiddle ? even(value * 10 ** digits) / 10 ** digits : value).toFixed(digits);
  }
  function general(value, digits = 6) {
    if (value === 0) return "0";
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
    const power = Number(exponent);
    if (power >= -4 && power < digits) return plain(fixed(value, digits - 1 - power));
    return `${plain(mantissa)}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  var plain = (decimal) => decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal;

  // matching.js
  function match({ crops, tensors }, { filled, class_id }, threshold) {
    const iou = Float64Array.from(crops, (crop) => maskOverlap(crop, filled));
    const classes = known(tensors, "detections.class_ids").values;
    const ordered2 = byScore(known(tensors, "detections.scores").values);
    const detection = ordered2.find((row) => classes[row] === class_id && iou[row] >= threshold);
    return { iou, detection: detection ?? -1 };
  }
  function maskOverlap({ box: [top, left, bottom, right], bits }, [first, start, last, end]) {
    const width = right - left;
    let [shared, area] = [0, 0];
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        if (!bits[(y - top) * width + x - left]) continue;
        area += 1;
        if (y >= first && y < last && x >= start && x < end) shared += 1;
      }
    }
    const filled = Math.max(last - first, 0) * Math.max(end - start, 0);
    return shared ? shared / (area + filled - shared) : 0;
  }

  // verdicts.js
  function judge(run2, manifest, object) {
    const matched = match(run2, object, manifest.verdicts.near);
    if (matched.detection >= 0) return found(run2, matched);
    const near = new Candidates(run2, manifest, object);
    const id = (words) => manifest.fates.indexOf(words);
    const one = { run: run2, manifest, near, fates: fatesOf(run2, manifest), id };
    return lostAtTheEnd(one, matched) ?? lostToScoreOrClass(one) ?? lostAsProposal(one) ?? lostAsAnchor(one);
  }
  function found({ tensors }, { iou, detection }) {
    const get = (name) => known(tensors, name).values;
    const words = `mask IoU ${fixed(iou[detection], 2)}, score ${fixed(get("detections.scores")[detection], 2)}`;
    const anchor = get("proposals.anchor_index")[get("detections.proposal_index")[detection]];
    return { verdict: "found", sentence: `found by detection ${detection}: ${words}`, anchor, detection };
  }
  var lost = (verdict, anchor, sentence) => ({ verdict, sentence, anchor, detection: null });
  function lostAtTheEnd({ near, fates: { candidates }, id }, { iou }) {
    const rows = near.passed;
    if (!rows.length) return null;
    const scores = near.get("detections.candidate_score");
    const maskOf = (row2) => candidates.detection[row2] < 0 ? 0 : iou[candidates.detection[row2]];
    const fateOf = (row2) => candidates.fate[row2];
    const row = firstOf(rows, fateOf, maskOf, (one) => scores[one]);
    const [anchor, box] = [near.anchorOf(row), `IoU ${fixed(near.refined[row], 2)}`];
    if (fateOf(row) === id("suppressed in its class")) {
      const by = near.anchorOf(candidates.by[row]);
      return lost("class NMS", anchor, suppressed(box, "in its class ", by, candidates.iou[row]));
    }
    if (fateOf(row) === id("beyond maximum")) {
      const count = near.get("detections.scores").length;
      return lost("over the maximum of detections", anchor, `its box (${box}) came after the ${count} best detections`);
    }
    return lost("mask", anchor, `its box has ${box}, its mask ${fixed(maskOf(row), 2)}`);
  }
  function lostToScoreOrClass(one) {
    const { near: candidates, manifest } = one;
    const [placed2, near] = [candidates.placed, candidates.near];
    const [scores, classes] = ["score", "class"].map((name) => candidates.get(`detections.candidate_${name}`));
    const proposals = candidates.get("detections.candidate_proposal");
    if (placed2.length) return lostToScoreOrSize(one, placed2[argmax(placed2.map((row2) => scores[row2]))]);
    if (!near.length) return null;
    const before = (row2) => fixed(candidates.proposals[proposals[row2]], 2);
    const right = near.filter((row2) => classes[row2] === candidates.object.class_id);
    if (right.length) {
      const row2 = right[argmax(right.map((place) => candidates.refined[place]))];
      const words2 = `its box was moved from IoU ${before(row2)} to ${fixed(candidates.refined[row2], 2)}`;
      return lost("localisation", candidates.anchorOf(row2), words2);
    }
    const { class_names } = manifest;
    const probs = candidates.get("box_head.class_probs");
    const prob = (row2, name) => probs[proposals[row2] * class_names.length + name];
    const own = candidates.object.class_id;
    const row = near[argmax(near.map((place) => prob(place, own)))];
    const taken = classes[row];
    const said = (name) => `${class_names[name]} with ${fixed(prob(row, name), 3)}`;
    const words = `its best proposal (IoU ${before(row)}) is ${said(own)}, but ${said(taken)}`;
    return lost(taken === 0 ? "background" : "wrong class", candidates.anchorOf(row), words);
  }
  function lostToScoreOrSize({ run: run2, manifest: { ranking }, near, fates, id }, row) {
    const anchor = near.anchorOf(row);
    if (fates.candidates.fate[row] === id("too small")) {
      const words = `its box (IoU ${fixed(near.refined[row], 2)}) has a side that is not above`;
      return lost("size", anchor, `${words} ${general(ranking.detections_min_size)} px`);
    }
    const test = ranking.every ? "not above" : "below";
    const score = general(near.get("detections.candidate_score")[row], 4);
    const least = general(run2.settings["detections.min_score"]);
    return lost("score", anchor, `its best score is ${score}, ${test} the minimum of ${least}`);
  }
  function lostAsProposal({ near, manifest: { ranking }, fates, id }) {
    const places = near.refinedPlaces;
    if (!places.length) return null;
    const anchors = near.get("proposals.top_k_index");
    const [fate, overlaps] = [fates.fate.values, near.clipped];
    const place = firstOf(
      places,
      (one) => fate[anchors[one]],
      (one) => overlaps[one]
    );
    const [anchor, box] = [anchors[place], `IoU ${fixed(overlaps[place], 2)}`];
    if (fate[anchor] === id("suppressed as proposal")) {
      const words = suppressed(box, "", fates.by.values[anchor], fates.iou.values[anchor]);
      return lost("proposal NMS", anchor, words);
    }
    if (fate[anchor] === id("too small as proposal")) {
      const least = general(ranking.proposals_min_size);
      return lost("proposal size", anchor, `its best box (${box}) has a side that is not above ${least} px`);
    }
    const count = near.get("proposals.scores").length;
    return lost("proposal count", anchor, `its best box (${box}) came after the ${count} proposals kept`);
  }
  function lostAsAnchor(one) {
    const { near, fates, manifest } = one;
    const below = near.belowTopK;
    if (below.length) {
      const ranks = fates.rank.values;
      const anchor2 = below.reduce((best, other) => ranks[other] < ranks[best] ? other : best);
      const score = near.get("rpn.scores")[anchor2];
      const words2 = `its best anchor (refined IoU ${fixed(near.allRefined[anchor2], 2)}) has objectness`;
      const sentence = `${words2} ${fixed(score, 3)}, ${belowTopK(one, anchor2)}`;
      return lost(score >= manifest.verdicts.object ? "top k" : "objectness", anchor2, sentence);
    }
    const anchor = argmax(near.anchors);
    const box = `IoU ${fixed(near.anchors[anchor], 2)}`;
    if (near.anchors[anchor] >= near.threshold) {
      const after = fixed(near.allRefined[anchor], 2);
      return lost("proposal localisation", anchor, `its anchor (${box}) was moved away to IoU ${after}`);
    }
    const words = `no anchor overlaps it by ${general(near.threshold)}; the best has ${box}`;
    return lost("no anchor", anchor, words);
  }
  function belowTopK({ run: run2, manifest: { ranking }, near, fates }, anchor) {
    const rank = fates.rank.values[anchor] + 1;
    if (!ranking.by_level) return `rank ${rank}, below the top ${near.get("proposals.top_k_index").length}`;
    const levels = near.get("anchors.level");
    const count = levels.filter((level) => level === levels[anchor]).length;
    return `rank ${rank} of ${count} on P${levels[anchor]}, below the top ${run2.settings["proposals.top_k"]} there`;
  }
  var suppressed = (box, where, by, shared) => `its best box (${box}) was suppressed ${where}by the box of anchor ${by} at IoU ${fixed(shared, 2)}`;
  function firstOf(rows, ...keys) {
    const height = (value) => Number.isNaN(value) ? -Infinity : value;
    return rows.reduce((best, row) => {
      for (const key of keys) {
        const [mine, other] = [height(key(row)), height(key(best))];
        if (mine !== other) return mine > other ? row : best;
      }
      return best;
    });
  }

  // changes.js
  async function findSettingChange(run2, manifest, object, runWith) {
    const { verdict } = judge(run2, manifest, object);
    const { setting_changes: rules } = manifest;
    const name = rules.settings[verdict];
    if (!name) return { settings: {}, reason: rules.reasons[verdict] };
    const search2 = new Search(run2, manifest, object, runWith);
    let last = verdict;
    const states = [];
    for (const value of search2.values(run2, name).slice(0, rules.values)) {
      const settings = { [name]: value };
      const tried = await search2.run(settings);
      if (isFound(tried)) return { settings: await search2.smallest(settings), reason: "" };
      states.push({ settings, tried: { ...tried, run: withoutFeatures(tried.run) } });
    }
    for (const { settings, tried } of states) {
      last = tried.verdict.verdict;
      const extended = await search2.extend(settings, tried);
      if (extended) return { settings: await search2.smallest(extended), reason: "" };
    }
    const then = rules.reasons[last] ?? `it is lost to ${last} then, and two changes do not keep it`;
    return { settings: {}, reason: `with ${name} changed, ${then}` };
  }
  var Search = class {
    /**
     * @param {Run} run
     * @param {Manifest} manifest
     * @param {Supposed} object
     * @param {RunWith} runWith
     */
    constructor(run2, manifest, object, runWith) {
      this.own = run2.settings;
      this.manifest = manifest;
      this.object = object;
      this.runWith = runWith;
      this.rules = manifest.setting_changes;
      this.runs = 0;
    }
    /** @type {(settings: Settings) => Promise<Tried>} */
    async run(settings) {
      this.runs += 1;
      const run2 = await this.runWith(settings);
      return { run: run2, verdict: judge(run2, this.manifest, this.object) };
    }
    /** @type {(settings: Settings) => Promise<boolean>} whether a run with `settings` finds the object */
    async keeps(settings) {
      return isFound(await this.run(settings));
    }
    /**
     * Give `settings` with what the next losses ask for as well; null where that does not keep the object.
     * @type {(settings: Settings, tried: Tried) => Promise<Settings | null>}
     */
    async extend(settings, tried) {
      let [longer, latest] = [settings, tried];
      for (let i = 0; i < this.rules.values; i++) {
        const name = this.rules.settings[latest.verdict.verdict];
        if (!name || !(name in longer) && Object.keys(longer).length === this.rules.most_settings) return null;
        const [value] = this.values(latest.run, name);
        if (value === void 0 || this.runs >= this.rules.replays) return null;
        longer = { ...longer, [name]: value };
        latest = await this.run(longer);
        if (isFound(latest)) return longer;
      }
      return null;
    }
    /**
     * Move `settings` towards the run's own, and leave them out, as long as the object is kept.
     * @type {(settings: Settings) => Promise<Settings>}
     */
    async smallest(settings) {
      let least = settings;
      for (const name of Object.keys(settings)) {
        const { [name]: value, ...without } = least;
        if (Object.keys(without).length && await this.keeps(without)) {
          least = without;
          continue;
        }
        for (const less of await this.less(name, value, least)) {
          if (this.runs >= this.rules.replays) return least;
          const nearer = { ...least, [name]: less };
          if (!await this.keeps(nearer)) break;
          least = nearer;
        }
      }
      return least;
    }
    /**
     * Give values nearer to the run's own: of a count first the one that is needed, then step by step.
     * @type {(name: string, value: number, settings: Settings) => Promise<Iterable<number>>}
     */
    async less(name, value, settings) {
      const own = this.own[name];
      if (!this.rules.counts.includes(name)) return thresholdsBack(value, own, this.rules.steps);
      const needed = this.needed(name, await this.run(settings));
      const isLess = own < needed && needed < value;
      return isLess ? [needed, ...countsBack(needed, own)] : countsBack(value, own);
    }
    /** @type {(name: string, tried: Tried) => number} the count that reaches the detection that found the object */
    needed(name, { run: run2, verdict: { anchor, detection } }) {
      if (name === "proposals.top_k") return anchorRanks(run2, this.manifest)[anchor] + 1;
      const row = (
        /** @type {number} */
        detection
      );
      return 1 + (name === "proposals.count" ? known(run2.tensors, "detections.proposal_index").values[row] : row);
    }
    /**
     * Give the values of a setting that would let good candidates pass, the smallest change first.
     * @type {(run: Run, name: string) => number[]}
     */
    values(run2, name) {
      const near = new Candidates(run2, this.manifest, this.object);
      const { fate, iou, rank, candidates } = fatesOf(run2, this.manifest);
      const id = (words) => this.manifest.fates.indexOf(words);
      const { steps } = this.rules;
      if (name === "proposals.top_k") return sorted(near.belowTopK.map((anchor) => rank.values[anchor] + 1));
      if (name === "detections.min_score") {
        const low = near.placed.filter((row) => candidates.fate[row] === id("below minimum score"));
        const scores = near.get("detections.candidate_score");
        const { every } = this.manifest.ranking;
        return sorted(low.map((row) => scoreStep(scores[row], every, steps))).reverse();
      }
      const anchors = near.get("proposals.top_k_index");
      const placesAt = (words) => near.refinedPlaces.filter((place) => fate.values[anchors[place]] === id(words));
      const rowsAt2 = (words) => near.passed.filter((row) => candidates.fate[row] === id(words));
      if (name === "proposals.nms_threshold") {
        const places = placesAt("suppressed as proposal");
        return sorted(places.map((place) => overlapStep(iou.values[anchors[place]], steps)));
      }
      if (name === "proposals.count") {
        return counts(placesWithoutCount(proposalNms(run2, this.manifest)), placesAt("beyond proposal count"));
      }
      if (name === "detections.max_count") {
        return counts(placesWithoutCount(classNms(run2, this.manifest)), rowsAt2("beyond maximum"));
      }
      return sorted(rowsAt2("suppressed in its class").map((row) => overlapStep(candidates.iou[row], steps)));
    }
  };
  var isFound = ({ verdict }) => verdict.verdict === "found";
  function withoutFeatures(run2) {
    return { ...run2, tensors: new Map([...run2.tensors].filter(([name]) => !name.endsWith(".pooled"))) };
  }
  var sorted = (values) => [...new Set(values)].sort((a, b) => a - b);
  function scoreStep(score, above, steps) {
    const step = Math.floor(score * steps);
    const isAt = above && Math.fround(step / steps) >= Math.fround(score);
    return Math.max(0, isAt ? step - 1 : step) / steps;
  }
  var overlapStep = (iou, steps) => Math.min(1, Math.ceil(iou * steps) / steps);
  function counts(places, rows) {
    const reached2 = rows.map((row) => places[row]).filter((place) => place >= 0);
    if (reached2.length) return sorted(reached2.map((place) => place + 1));
    return [places.reduce((most, place) => Math.max(most, place), -1) + 2];
  }
  function* countsBack(value, own) {
    for (let count = value - 1; count > own; count--) yield count;
  }
  function* thresholdsBack(value, own, steps) {
    const sign = own > value ? 1 : -1;
    for (let step = even(value * steps) + sign; step * sign < own * steps * sign - 1e-9; step += sign) yield step / steps;
  }

  // describe.js
  function describe(run2, manifest, engine2) {
    const names = [...Object.keys(manifest.tensors)].filter((name) => shapeOf(run2, name));
    const readings = readingsOf(run2, manifest);
    const input = known(run2.tensors, "molding.image").shape;
    return {
      engine: engine2,
      live: true,
      unlike: "",
      samples: [],
      // those of the page, which knows them
      image: run2.picture.name,
      weights: manifest.name,
      class_names: manifest.class_names,
      palette: manifest.palette,
      fates: manifest.fates,
      sizes: {
        image: run2.picture.size,
        input: [input[0], input[1]],
        window: Array.from(known(run2.tensors, "molding.window").values),
        scale: known(run2.tensors, "molding.scale").values[0]
      },
      levels: levelsOf([input[0], input[1]], manifest),
      rules: manifest.rules,
      tensors: Object.fromEntries(
        names.map((name) => [name, { shape: shapeOf(run2, name) ?? [], unit: manifest.tensors[name].unit }])
      ),
      readings,
      timed: [],
      // two stages of a head run as one graph
      fixed: [...names, ...readings].filter((name) => !manifest.changing.some((part) => name.startsWith(part))),
      settings: settingsOf(run2, manifest),
      counts: countsOf(run2, manifest)
    };
  }
  function shapeOf({ tensors, crops, picture }, name) {
    return name === "pasting.masks" ? [crops.length, ...picture.size] : tensors.get(name)?.shape;
  }
  function readingsOf({ tensors }, { readings }) {
    const [candidates, proposals] = ["detections.candidate_class", "proposals.scores"].map(
      (name) => known(tensors, name).shape[0]
    );
    return candidates === proposals ? readings : readings.filter((name) => !name.startsWith("reading.fate."));
  }
  function levelsOf(shape, { anchors }) {
    let first = 0;
    return gridsOf(shape, anchors).map(([rows, columns], place) => {
      const ratios = anchors.ratios.length;
      const stride = anchors.strides[place] * anchors.spacing;
      const level = { level: anchors.levels[place], rows, columns, first, ratios, stride };
      first += rows * columns * ratios;
      return level;
    });
  }
  function settingsOf({ tensors, settings }, manifest) {
    const anchors = known(tensors, "anchors.level").values.length;
    return manifest.settings.map(({ name, label, own, min, max, step }) => {
      const most = max ?? Math.min(anchors, manifest.most_kept);
      const value = settings[name];
      return { name, label, own, value, min, max: Math.max(most, value, own), step };
    });
  }
  function countsOf(run2, manifest) {
    const rows = (name) => known(run2.tensors, name).shape[0];
    const objects = known(run2.tensors, "detections.candidate_class").values.filter((id) => id > 0).length;
    return {
      anchors: rows("anchors.boxes"),
      "top k, refined": rows("proposals.clipped"),
      proposals: rows("proposals.boxes"),
      [manifest.ranking.every ? "candidates" : "not background"]: objects,
      "score high enough": passing(run2, manifest).length,
      detections: rows("detections.boxes"),
      "with a mask": run2.crops.filter((_, row) => visible(run2, row)).length
    };
  }

  // package.js
  var FORMAT = 2;
  async function opened(file) {
    const bytes = await unpacked(file);
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    if (length > bytes.length - 8) throw new Error(NO_MODEL);
    const manifest = parsed(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    if (manifest.format !== FORMAT) {
      throw new Error(`wanted a model's file of format ${FORMAT}, received format ${manifest.format}; export it anew`);
    }
    return { manifest, data: bytes.subarray(8 + length) };
  }
  var NO_MODEL = "wanted a model's file as `maskrcnn site` writes it (.maskrcnn), received something else, or a part of one";
  async function unpacked(file) {
    try {
      const stream = file.stream().pipeThrough(new DecompressionStream("gzip"));
      const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
      if (bytes.length > 8) return bytes;
    } catch {
    }
    throw new Error(NO_MODEL);
  }
  function parsed(text) {
    try {
      const manifest = JSON.parse(text);
      if (Array.isArray(manifest.parts)) return manifest;
    } catch {
    }
    throw new Error(NO_MODEL);
  }

  // picture.js
  var WANTED = "PNG, JPEG, WebP, GIF, BMP or AVIF";
  var MOST_PIXELS = 2 ** 28;
  var BEGINNINGS = ["PNG", "ÿØÿ", "GIF8", "BM", "RIFF", "\0\0\0"];
  async function pictureOf(file, name, most) {
    const bitmap = await decoded(file, name);
    const size = (
      /** @type {Size} */
      [bitmap.height, bitmap.width]
    );
    if (size[0] * size[1] > MOST_PIXELS) throw new Error(`${name} has ${size.join(" × ")} px: scale it down first`);
    const scale = Math.min(1, most / Math.max(...size));
    const [height, width] = size.map((side) => Math.max(1, Math.round(side * scale)));
    const small = scale < 1 ? await createImageBitmap(bitmap, { resizeWidth: width, resizeHeight: height, resizeQuality: "high" }) : bitmap;
    return { size: [height, width], rgb: levelsOf2(small, width, height), name, scaledFrom: scale < 1 ? size : null };
  }
  async function decoded(file, name) {
    if (!file.size) throw new Error(`${name} is empty: wanted an image (${WANTED})`);
    try {
      return await createImageBitmap(file, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
    } catch {
      const start = String.fromCharCode(...new Uint8Array(await file.slice(0, 8).arrayBuffer()));
      const damaged = BEGINNINGS.some((one) => start.startsWith(one));
      throw new Error(
        damaged ? `${name} begins as an image and cannot be read to its end: it is damaged, or of a kind this browser does not know` : `${name} is no image: wanted ${WANTED}`
      );
    }
  }
  function levelsOf2(bitmap, width, height) {
    const surface = new OffscreenCanvas(width, height);
    const ink = (
      /** @type {OffscreenCanvasRenderingContext2D} */
      surface.getContext("2d", { willReadFrequently: true })
    );
    ink.drawImage(bitmap, 0, 0);
    const { data } = ink.getImageData(0, 0, width, height);
    const rgb = new Uint8Array(3 * width * height);
    for (let i = 0, from = 0; i < rgb.length; i += 3, from += 4) rgb.set(data.subarray(from, from + 3), i);
    return rgb;
  }

  // probe.js
  var PIXEL = 0.01;
  var SCORE = 1e-4;
  function probeOf({ probe }, data) {
    if (!probe) return null;
    return { size: probe.size, rgb: data.slice(probe.offset, probe.offset + probe.length), name: "probe" };
  }
  function differenceOf({ probe }, { tensors }) {
    if (!probe) throw new Error("wanted a model's file with a probe");
    const values = (name) => Array.from(known(tensors, `detections.${name}`).values);
    const classes = values("class_ids");
    if (classes.length !== probe.class_ids.length) {
      return `objects found in a test image: ${classes.length}, by TensorFlow ${probe.class_ids.length}`;
    }
    if (classes.some((id, row) => id !== probe.class_ids[row])) return "it finds other classes in a test image";
    const boxes = furthest2(values("boxes"), probe.boxes);
    if (!(boxes <= PIXEL)) return `boxes of a test image differ by ${boxes.toPrecision(2)} px`;
    const scores = furthest2(values("scores"), probe.scores);
    return scores <= SCORE ? "" : `scores of a test image differ by ${scores.toPrecision(2)}`;
  }
  var furthest2 = (made, wanted) => made.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i])), 0);

  // runtime.js
  var GpuError = class extends Error {
  };
  var ERROR = 3;
  var TYPES = { Float32Array: "float32", Int32Array: "int32" };
  var NOT_ON_GPU = ["proposals", "detections"];
  function makeRuntime({ env, InferenceSession, Tensor: OrtTensor }, gpu) {
    const next = inTurn();
    const onGpu = async (act) => {
      try {
        return await next(act);
      } catch (error) {
        throw gpu ? new GpuError(error instanceof Error ? error.message : String(error)) : error;
      }
    };
    const toRuntime = ({ values, shape }) => {
      const type = TYPES[
        /** @type {keyof typeof TYPES} */
        values.constructor.name
      ];
      return new OrtTensor(
        /** @type {any} */
        type,
        values,
        shape
      );
    };
    return {
      gpu,
      /**
       * Make it ready: `wasm` is its program; threads only where the page is isolated from other origins.
       * @type {(wasm: ArrayBuffer, threads: number) => void}
       */
      begin(wasm, threads) {
        env.wasm.wasmBinary = wasm;
        env.wasm.numThreads = threads;
        env.logLevel = "error";
      },
      /** @type {(manifest: Manifest, data: Uint8Array) => Promise<Map<string, InferenceSession>>} */
      async sessionsOf(manifest, data) {
        const sessions = /* @__PURE__ */ new Map();
        for (const { name, offset, length, in_wasm } of manifest.parts) {
          const graph = data.slice(offset, offset + length);
          const executionProviders = [gpu && !NOT_ON_GPU.includes(name) ? onGpuBut(in_wasm) : "wasm"];
          sessions.set(
            name,
            await onGpu(() => InferenceSession.create(graph, { executionProviders, logSeverityLevel: ERROR }))
          );
        }
        return sessions;
      },
      /** @type {(session: InferenceSession, part: PartEntry, given: Record<string, Tensor>) => Promise<Record<string, Tensor>>} */
      async runPart(session, part, given) {
        const feeds = Object.fromEntries(session.inputNames.map((name) => [name, toRuntime(given[name])]));
        const made = await onGpu(() => session.run(feeds, part.makes));
        return Object.fromEntries(part.makes.map((name) => [name, fromRuntime(made[name])]));
      },
      /** @type {(sessions: Map<string, InferenceSession>) => Promise<void>} */
      async release(sessions) {
        for (const session of sessions.values()) await onGpu(() => session.release());
      },
      /**
       * Say when the GPU is gone, and why. Asked for once there are sessions.
       * @type {() => Promise<string>}
       */
      async lost() {
        const { reason, message } = await (await /** @type {any} */
        env.webgpu.device).lost;
        return message || reason;
      }
    };
  }
  var onGpuBut = (nodes) => ({ name: "webgpu", ...nodes?.length ? { forceCpuNodeNames: nodes } : {} });
  function inTurn() {
    let last = Promise.resolve();
    return (act) => {
      const mine = last.then(act);
      last = mine.catch(() => {
      });
      return mine;
    };
  }
  var fromRuntime = ({ data, dims }) => ({ values: (
    /** @type {Tensor["values"]} */
    data
  ), shape: [...dims] });

  // why.js
  function whyNotFound(run2, manifest, box) {
    const object = supposed(run2, manifest, box);
    const steps = stepsOf(run2, manifest).map((step) => narrowed(step, object.box, manifest));
    const said = { steps, ...judge(run2, manifest, object), class: manifest.class_names[object.class_id] };
    return said.verdict === "found" ? said : { ...said, searching: true };
  }
  function stepsOf(run2, manifest) {
    const get = (name) => known(run2.tensors, name).values;
    const [classes, refined, probs] = [
      get("detections.candidate_class"),
      get("detections.clipped"),
      get("detections.candidate_score")
    ];
    const [found2, scores] = [get("detections.boxes"), get("detections.scores")];
    const rowsWhere = (values, test) => Array.from(values, (_, row) => row).filter((row) => test(values[row], row));
    const objects = rowsWhere(classes, (id) => id > 0);
    return [
      { step: "anchors", boxes: get("anchors.boxes"), scores: get("rpn.scores") },
      { step: "top k, refined", boxes: get("proposals.clipped"), scores: get("proposals.top_k_scores") },
      { step: "proposals", boxes: get("proposals.boxes"), scores: get("proposals.scores") },
      { step: manifest.ranking.every ? "candidates" : "not background", boxes: refined, scores: probs, rows: objects },
      { step: "score high enough", boxes: refined, scores: probs, rows: passing(run2, manifest) },
      { step: "detections", boxes: found2, scores },
      { step: "with a mask", boxes: found2, scores, rows: rowsWhere(scores, (_, row) => visible(run2, row)) }
    ];
  }
  function narrowed({ step, boxes, scores, rows }, box, { corner, verdicts }) {
    const all = rows ?? Array.from(scores, (_, row) => row);
    const overlaps = all.map((row) => overlap(boxes, row, box, 0, corner));
    const near = all.filter((_, i) => overlaps[i] >= verdicts.near).map((row) => scores[row]);
    const [best, score] = [overlaps, near].map((values) => values.reduce((a, b) => Math.max(a, b), -Infinity));
    const best_score = Number.isFinite(score) ? score : null;
    return { step, count: near.length, best_score, best_iou: Math.max(best, 0) };
  }

  // worker.js
  var model = null;
  var run = null;
  var base = null;
  var turn = 0;
  var search = 0;
  var engine = "";
  var runtime = null;
  function serve(ort, name, gpu = false) {
    engine = name;
    runtime = makeRuntime(ort, gpu);
    if (!self.name.startsWith("em-pthread")) addEventListener("message", asked);
  }
  var ASKS = {
    async adapter() {
      return { reply: { adapter: await adapterOf() } };
    },
    async begin({ wasm, threads }) {
      have(runtime).begin(await unpacked2(wasm), threads);
      engine += `, ONNX Runtime in this page${threads > 1 ? `, ${threads} threads` : ""}`;
      return { reply: {} };
    },
    async model({ file }) {
      const { manifest, data } = await opened(file);
      const { sessionsOf, release, gpu } = have(runtime);
      const sessions = await sessionsOf(manifest, data);
      if (gpu) await proven(manifest, data, sessions);
      if (model) await release(model.sessions);
      [model, run, base] = [{ manifest, sessions }, null, null];
      return { reply: { name: manifest.name } };
    },
    async pixels({ pixels, size, name }) {
      return look({ size, rgb: new Uint8Array(await unpacked2(pixels)), name });
    },
    async image({ file, name }) {
      const picture = await pictureOf(file, name, have(model).manifest.most_side);
      const { scaledFrom } = picture;
      const words = scaledFrom ? `${name} has ${scaledFrom.join(" × ")} px and was scaled down to ${picture.size.join(" × ")} px: more does not fit into a page.` : "";
      return look(picture, words);
    },
    async run({ settings }) {
      const { manifest } = have(model);
      const own = Object.fromEntries(manifest.settings.map((one) => [one.name, one.own]));
      run = await runAgain(manifest, [have(base), have(run)], { ...own, ...settings }, partOf(have(model)), watch());
      return described();
    },
    async tensors({ wants }) {
      const tensors = (
        /** @type {import("../types.d.ts").Want[]} */
        wants.map(
          (want) => answer(have(run), have(model).manifest, want)
        )
      );
      const headers = tensors.map(({ values, shape }) => ({ dtype: dtypeOf(values), shape }));
      const buffers = tensors.map(({ values }) => (
        /** @type {ArrayBuffer} */
        values.slice().buffer
      ));
      return { reply: { tensors: headers }, buffers };
    },
    async why({ box }) {
      return { reply: { why: whyNotFound(have(run), have(model).manifest, box) } };
    },
    async change({ box }) {
      return { reply: { change: await changeFor(box) } };
    },
    async stop() {
      search += 1;
      return { reply: {} };
    },
    async cancel() {
      turn += 1;
      return { reply: {} };
    }
  };
  async function look(picture, words = "") {
    const { manifest } = have(model);
    run = await runPicture(manifest, picture, partOf(have(model)), watch());
    base = run;
    return { reply: { ...described().reply, words } };
  }
  async function changeFor(box) {
    const [{ manifest }, at2] = [have(model), have(run)];
    const [runPart, still] = [partOf(have(model)), watchSearch(at2)];
    let latest = { key: "", run: at2 };
    return findSettingChange(at2, manifest, supposed(at2, manifest, box), async (settings) => {
      const key = JSON.stringify(settings);
      if (key === latest.key) return latest.run;
      const former = [have(base), latest.run, at2];
      const made = runAgain(manifest, former, { ...at2.settings, ...settings }, runPart, still);
      latest = { key, run: await made.catch((error) => Promise.reject(endOfSearch(error, settings))) };
      return latest.run;
    });
  }
  function endOfSearch(error, settings) {
    if (error instanceof Cancelled || error instanceof GpuError) return error;
    const named = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
    const why = error instanceof Error ? error.message : String(error);
    return new Error(`The search ended: with ${named.join(" and ")} this page cannot run the model (${why}).`);
  }
  function described() {
    const { manifest } = have(model);
    return { reply: { description: describe(have(run), manifest, engine), milliseconds: have(run).milliseconds } };
  }
  async function proven(manifest, data, sessions) {
    const picture = probeOf(manifest, data);
    if (!picture) throw new GpuError("the model's file has no probe to hold it against");
    const said = async () => postMessage({ progress: "probe" });
    const difference = differenceOf(manifest, await runPicture(manifest, picture, partOf({ manifest, sessions }), said));
    if (difference) throw new GpuError(difference);
    if (!model) tellLoss(have(runtime));
  }
  var tellLoss = async ({ lost: lost2 }) => postMessage({ lost: await lost2() });
  var partOf = ({ sessions }) => (entry, given) => have(runtime).runPart(have(sessions.get(entry.name)), entry, given);
  function watch() {
    turn += 1;
    const mine = turn;
    return async (name) => {
      postMessage({ progress: name });
      await questions();
      if (mine !== turn) throw new Cancelled("The run was cancelled.");
    };
  }
  function watchSearch(at2) {
    search += 1;
    const [mine, wanted] = [search, turn];
    return async () => {
      await questions();
      if (mine !== search || wanted !== turn || at2 !== run) throw new Cancelled("The search was stopped.");
    };
  }
  var questions = () => new Promise((done) => setTimeout(done));
  function have(value) {
    if (value === null || value === void 0) throw new Error("the worker has no model or no image yet");
    return value;
  }
  var unpacked2 = (packed) => new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  async function asked({ data: question }) {
    const { id, ask } = question;
    try {
      const { reply, buffers = [] } = await ASKS[ask](question);
      postMessage({ message: { id, ...reply }, buffers }, { transfer: buffers });
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      const why = { cancelled: error instanceof Cancelled, gpu: error instanceof GpuError };
      postMessage({ message: { id, error: words, ...why }, buffers: [] });
    }
  }

  // webgpu.js
  serve(ort_webgpu_bundle_min_exports, "WebGPU (ROIAlign and NMS in WASM)", true);
})();
