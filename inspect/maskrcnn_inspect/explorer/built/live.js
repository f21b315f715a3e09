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

  // ../../../canvas/js/node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs
  var ort_wasm_bundle_min_exports = {};
  __export(ort_wasm_bundle_min_exports, {
    InferenceSession: () => rs,
    TRACE: () => Cr,
    TRACE_EVENT_BEGIN: () => Pe,
    TRACE_EVENT_END: () => Ue,
    TRACE_FUNC_BEGIN: () => _e,
    TRACE_FUNC_END: () => De,
    Tensor: () => de,
    default: () => iu,
    env: () => Y,
    registerBackend: () => Je
  });
  /*!
   * ONNX Runtime Web v1.30.0
   * Copyright (c) Microsoft Corporation. All rights reserved.
   * Licensed under the MIT License.
   */
  var qt = Object.defineProperty;
  var Qa = Object.getOwnPropertyDescriptor;
  var Ka = Object.getOwnPropertyNames;
  var es = Object.prototype.hasOwnProperty;
  var Jt = ((n) => typeof __require < "u" ? __require : typeof Proxy < "u" ? new Proxy(n, { get: (t, a) => (typeof __require < "u" ? __require : t)[a] }) : n)(function(n) {
    if (typeof __require < "u") return __require.apply(this, arguments);
    throw Error('Dynamic require of "' + n + '" is not supported');
  });
  var N = (n, t, a) => () => {
    if (a) throw a[0];
    try {
      return n && (t = n(n = 0)), t;
    } catch (u) {
      throw a = [u], u;
    }
  };
  var ut = (n, t) => {
    for (var a in t) qt(n, a, { get: t[a], enumerable: true });
  };
  var ts = (n, t, a, u) => {
    if (t && typeof t == "object" || typeof t == "function") for (let o of Ka(t)) !es.call(n, o) && o !== a && qt(n, o, { get: () => t[o], enumerable: !(u = Qa(t, o)) || u.enumerable });
    return n;
  };
  var Xt = (n) => ts(qt({}, "__esModule", { value: true }), n);
  var ft;
  var Be;
  var Je;
  var ns;
  var pr;
  var Zt = N(() => {
    "use strict";
    ft = /* @__PURE__ */ new Map(), Be = [], Je = (n, t, a) => {
      if (t && typeof t.init == "function" && typeof t.createInferenceSessionHandler == "function") {
        let u = ft.get(n);
        if (u === void 0) ft.set(n, { backend: t, priority: a });
        else {
          if (u.priority > a) return;
          if (u.priority === a && u.backend !== t) throw new Error(`cannot register backend "${n}" using priority ${a}`);
        }
        if (a >= 0) {
          let o = Be.indexOf(n);
          o !== -1 && Be.splice(o, 1);
          for (let d = 0; d < Be.length; d++) if (ft.get(Be[d]).priority <= a) {
            Be.splice(d, 0, n);
            return;
          }
          Be.push(n);
        }
        return;
      }
      throw new TypeError("not a valid backend");
    }, ns = async (n) => {
      let t = ft.get(n);
      if (!t) return "backend not found.";
      if (t.initialized) return t.backend;
      if (t.aborted) return t.error;
      {
        let a = !!t.initPromise;
        try {
          return a || (t.initPromise = t.backend.init(n)), await t.initPromise, t.initialized = true, t.backend;
        } catch (u) {
          return a || (t.error = `${u}`, t.aborted = true), t.error;
        } finally {
          delete t.initPromise;
        }
      }
    }, pr = async (n) => {
      let t = n.executionProviders || [], a = t.map((m) => typeof m == "string" ? m : m.name), u = a.length === 0 ? Be : a, o, d = [], c = /* @__PURE__ */ new Set();
      for (let m of u) {
        let h = await ns(m);
        typeof h == "string" ? d.push({ name: m, err: h }) : (o || (o = h), o === h && c.add(m));
      }
      if (!o) throw new Error(`no available backend found. ERR: ${d.map((m) => `[${m.name}] ${m.err}`).join(", ")}`);
      for (let { name: m, err: h } of d) a.includes(m) && console.warn(`removing requested execution provider "${m}" from session options because it is not available: ${h}`);
      let l = t.filter((m) => c.has(typeof m == "string" ? m : m.name));
      return [o, new Proxy(n, { get: (m, h) => h === "executionProviders" ? l : Reflect.get(m, h) })];
    };
  });
  var mr = N(() => {
    "use strict";
    Zt();
  });
  var hr;
  var wr = N(() => {
    "use strict";
    hr = "1.30.0";
  });
  var br;
  var q;
  var Qt = N(() => {
    "use strict";
    wr();
    br = "warning", q = { wasm: {}, webgl: {}, webgpu: {}, versions: { common: hr }, set logLevel(n) {
      if (n !== void 0) {
        if (typeof n != "string" || ["verbose", "info", "warning", "error", "fatal"].indexOf(n) === -1) throw new Error(`Unsupported logging level: ${n}`);
        br = n;
      }
    }, get logLevel() {
      return br;
    } };
    Object.defineProperty(q, "logLevel", { enumerable: true });
  });
  var Y;
  var yr = N(() => {
    "use strict";
    Qt();
    Y = q;
  });
  var gr;
  var Er;
  var Tr = N(() => {
    "use strict";
    gr = (n, t) => {
      let a = typeof document < "u" ? document.createElement("canvas") : new OffscreenCanvas(1, 1);
      a.width = n.dims[3], a.height = n.dims[2];
      let u = a.getContext("2d");
      if (u != null) {
        let o, d;
        t?.tensorLayout !== void 0 && t.tensorLayout === "NHWC" ? (o = n.dims[2], d = n.dims[3]) : (o = n.dims[3], d = n.dims[2]);
        let c = t?.format !== void 0 ? t.format : "RGB", l = t?.norm, m, h;
        l === void 0 || l.mean === void 0 ? m = [255, 255, 255, 255] : typeof l.mean == "number" ? m = [l.mean, l.mean, l.mean, l.mean] : (m = [l.mean[0], l.mean[1], l.mean[2], 0], l.mean[3] !== void 0 && (m[3] = l.mean[3])), l === void 0 || l.bias === void 0 ? h = [0, 0, 0, 0] : typeof l.bias == "number" ? h = [l.bias, l.bias, l.bias, l.bias] : (h = [l.bias[0], l.bias[1], l.bias[2], 0], l.bias[3] !== void 0 && (h[3] = l.bias[3]));
        let g = d * o, b = 0, y = g, T = g * 2, I = -1;
        c === "RGBA" ? (b = 0, y = g, T = g * 2, I = g * 3) : c === "RGB" ? (b = 0, y = g, T = g * 2) : c === "RBG" && (b = 0, T = g, y = g * 2);
        for (let D = 0; D < d; D++) for (let $ = 0; $ < o; $++) {
          let v = (n.data[b++] - h[0]) * m[0], A = (n.data[y++] - h[1]) * m[1], F = (n.data[T++] - h[2]) * m[2], P = I === -1 ? 255 : (n.data[I++] - h[3]) * m[3];
          u.fillStyle = "rgba(" + v + "," + A + "," + F + "," + P + ")", u.fillRect($, D, 1, 1);
        }
        if ("toDataURL" in a) return a.toDataURL();
        throw new Error("toDataURL is not supported");
      } else throw new Error("Can not access image data");
    }, Er = (n, t) => {
      let a = typeof document < "u" ? document.createElement("canvas").getContext("2d") : new OffscreenCanvas(1, 1).getContext("2d"), u;
      if (a != null) {
        let o, d, c;
        t?.tensorLayout !== void 0 && t.tensorLayout === "NHWC" ? (o = n.dims[2], d = n.dims[1], c = n.dims[3]) : (o = n.dims[3], d = n.dims[2], c = n.dims[1]);
        let l = t !== void 0 && t.format !== void 0 ? t.format : "RGB", m = t?.norm, h, g;
        m === void 0 || m.mean === void 0 ? h = [255, 255, 255, 255] : typeof m.mean == "number" ? h = [m.mean, m.mean, m.mean, m.mean] : (h = [m.mean[0], m.mean[1], m.mean[2], 255], m.mean[3] !== void 0 && (h[3] = m.mean[3])), m === void 0 || m.bias === void 0 ? g = [0, 0, 0, 0] : typeof m.bias == "number" ? g = [m.bias, m.bias, m.bias, m.bias] : (g = [m.bias[0], m.bias[1], m.bias[2], 0], m.bias[3] !== void 0 && (g[3] = m.bias[3]));
        let b = d * o;
        if (t !== void 0 && (t.format !== void 0 && c === 4 && t.format !== "RGBA" || c === 3 && t.format !== "RGB" && t.format !== "BGR")) throw new Error("Tensor format doesn't match input tensor dims");
        let y = 4, T = 0, I = 1, D = 2, $ = 3, v = 0, A = b, F = b * 2, P = -1;
        l === "RGBA" ? (v = 0, A = b, F = b * 2, P = b * 3) : l === "RGB" ? (v = 0, A = b, F = b * 2) : l === "RBG" && (v = 0, F = b, A = b * 2), u = a.createImageData(o, d);
        for (let k = 0; k < d * o; T += y, I += y, D += y, $ += y, k++) u.data[T] = (n.data[v++] - g[0]) * h[0], u.data[I] = (n.data[A++] - g[1]) * h[1], u.data[D] = (n.data[F++] - g[2]) * h[2], u.data[$] = P === -1 ? 255 : (n.data[P++] - g[3]) * h[3];
      } else throw new Error("Can not access image data");
      return u;
    };
  });
  var Kt;
  var Sr;
  var vr;
  var Ar;
  var Or;
  var Ir;
  var Br = N(() => {
    "use strict";
    ct();
    Kt = (n, t) => {
      if (n === void 0) throw new Error("Image buffer must be defined");
      if (t.height === void 0 || t.width === void 0) throw new Error("Image height and width must be defined");
      if (t.tensorLayout === "NHWC") throw new Error("NHWC Tensor layout is not supported yet");
      let { height: a, width: u } = t, o = t.norm ?? { mean: 255, bias: 0 }, d, c;
      typeof o.mean == "number" ? d = [o.mean, o.mean, o.mean, o.mean] : d = [o.mean[0], o.mean[1], o.mean[2], o.mean[3] ?? 255], typeof o.bias == "number" ? c = [o.bias, o.bias, o.bias, o.bias] : c = [o.bias[0], o.bias[1], o.bias[2], o.bias[3] ?? 0];
      let l = t.format !== void 0 ? t.format : "RGBA", m = t.tensorFormat !== void 0 && t.tensorFormat !== void 0 ? t.tensorFormat : "RGB", h = a * u, g = m === "RGBA" ? new Float32Array(h * 4) : new Float32Array(h * 3), b = 4, y = 0, T = 1, I = 2, D = 3, $ = 0, v = h, A = h * 2, F = -1;
      l === "RGB" && (b = 3, y = 0, T = 1, I = 2, D = -1), m === "RGBA" ? F = h * 3 : m === "RBG" ? ($ = 0, A = h, v = h * 2) : m === "BGR" && (A = 0, v = h, $ = h * 2);
      for (let k = 0; k < h; k++, y += b, I += b, T += b, D += b) g[$++] = (n[y] + c[0]) / d[0], g[v++] = (n[T] + c[1]) / d[1], g[A++] = (n[I] + c[2]) / d[2], F !== -1 && D !== -1 && (g[F++] = (n[D] + c[3]) / d[3]);
      return m === "RGBA" ? new Z("float32", g, [1, 4, a, u]) : new Z("float32", g, [1, 3, a, u]);
    }, Sr = async (n, t) => {
      let a = typeof HTMLImageElement < "u" && n instanceof HTMLImageElement, u = typeof ImageData < "u" && n instanceof ImageData, o = typeof ImageBitmap < "u" && n instanceof ImageBitmap, d = typeof n == "string", c, l = t ?? {}, m = () => {
        if (typeof document < "u") return document.createElement("canvas");
        if (typeof OffscreenCanvas < "u") return new OffscreenCanvas(1, 1);
        throw new Error("Canvas is not supported");
      }, h = (g) => typeof HTMLCanvasElement < "u" && g instanceof HTMLCanvasElement || g instanceof OffscreenCanvas ? g.getContext("2d") : null;
      if (a) {
        let g = m();
        g.width = n.width, g.height = n.height;
        let b = h(g);
        if (b != null) {
          let y = n.height, T = n.width;
          if (t !== void 0 && t.resizedHeight !== void 0 && t.resizedWidth !== void 0 && (y = t.resizedHeight, T = t.resizedWidth), t !== void 0) {
            if (l = t, t.tensorFormat !== void 0) throw new Error("Image input config format must be RGBA for HTMLImageElement");
            l.tensorFormat = "RGBA", l.height = y, l.width = T;
          } else l.tensorFormat = "RGBA", l.height = y, l.width = T;
          b.drawImage(n, 0, 0), c = b.getImageData(0, 0, T, y).data;
        } else throw new Error("Can not access image data");
      } else if (u) {
        let g, b;
        if (t !== void 0 && t.resizedWidth !== void 0 && t.resizedHeight !== void 0 ? (g = t.resizedHeight, b = t.resizedWidth) : (g = n.height, b = n.width), t !== void 0 && (l = t), l.format = "RGBA", l.height = g, l.width = b, t !== void 0) {
          let y = m();
          y.width = b, y.height = g;
          let T = h(y);
          if (T != null) T.putImageData(n, 0, 0), c = T.getImageData(0, 0, b, g).data;
          else throw new Error("Can not access image data");
        } else c = n.data;
      } else if (o) {
        if (t === void 0) throw new Error("Please provide image config with format for Imagebitmap");
        let g = m();
        g.width = n.width, g.height = n.height;
        let b = h(g);
        if (b != null) {
          let y = n.height, T = n.width;
          return b.drawImage(n, 0, 0, T, y), c = b.getImageData(0, 0, T, y).data, l.height = y, l.width = T, Kt(c, l);
        } else throw new Error("Can not access image data");
      } else {
        if (d) return new Promise((g, b) => {
          let y = m(), T = h(y);
          if (!n || !T) return b();
          let I = new Image();
          I.crossOrigin = "Anonymous", I.src = n, I.onload = () => {
            y.width = I.width, y.height = I.height, T.drawImage(I, 0, 0, y.width, y.height);
            let D = T.getImageData(0, 0, y.width, y.height);
            l.height = y.height, l.width = y.width, g(Kt(D.data, l));
          };
        });
        throw new Error("Input data provided is not supported - aborted tensor creation");
      }
      if (c !== void 0) return Kt(c, l);
      throw new Error("Input data provided is not supported - aborted tensor creation");
    }, vr = (n, t) => {
      let { width: a, height: u, download: o, dispose: d } = t, c = [1, u, a, 4];
      return new Z({ location: "texture", type: "float32", texture: n, dims: c, download: o, dispose: d });
    }, Ar = (n, t) => {
      let { dataType: a, dims: u, download: o, dispose: d } = t;
      return new Z({ location: "gpu-buffer", type: a ?? "float32", gpuBuffer: n, dims: u, download: o, dispose: d });
    }, Or = (n, t) => {
      let { dataType: a, dims: u, download: o, dispose: d } = t;
      return new Z({ location: "ml-tensor", type: a ?? "float32", mlTensor: n, dims: u, download: o, dispose: d });
    }, Ir = (n, t, a) => new Z({ location: "cpu-pinned", type: n, data: t, dims: a ?? [t.length] });
  });
  var Le;
  var Xe;
  var Lr;
  var _r;
  var Dr = N(() => {
    "use strict";
    Le = /* @__PURE__ */ new Map([["float32", Float32Array], ["uint8", Uint8Array], ["int8", Int8Array], ["uint16", Uint16Array], ["int16", Int16Array], ["int32", Int32Array], ["bool", Uint8Array], ["float64", Float64Array], ["uint32", Uint32Array], ["int4", Uint8Array], ["uint4", Uint8Array]]), Xe = /* @__PURE__ */ new Map([[Float32Array, "float32"], [Uint8Array, "uint8"], [Int8Array, "int8"], [Uint16Array, "uint16"], [Int16Array, "int16"], [Int32Array, "int32"], [Float64Array, "float64"], [Uint32Array, "uint32"]]), Lr = false, _r = () => {
      if (!Lr) {
        Lr = true;
        let n = typeof BigInt64Array < "u" && BigInt64Array.from, t = typeof BigUint64Array < "u" && BigUint64Array.from, a = globalThis.Float16Array, u = typeof a < "u" && a.from;
        n && (Le.set("int64", BigInt64Array), Xe.set(BigInt64Array, "int64")), t && (Le.set("uint64", BigUint64Array), Xe.set(BigUint64Array, "uint64")), u ? (Le.set("float16", a), Xe.set(a, "float16")) : Le.set("float16", Uint16Array);
      }
    };
  });
  var Pr;
  var Ur;
  var xr = N(() => {
    "use strict";
    ct();
    Pr = (n) => {
      let t = 1;
      for (let a = 0; a < n.length; a++) {
        let u = n[a];
        if (typeof u != "number" || !Number.isSafeInteger(u)) throw new TypeError(`dims[${a}] must be an integer, got: ${u}`);
        if (u < 0) throw new RangeError(`dims[${a}] must be a non-negative integer, got: ${u}`);
        t *= u;
      }
      return t;
    }, Ur = (n, t) => {
      switch (n.location) {
        case "cpu":
          return new Z(n.type, n.data, t);
        case "cpu-pinned":
          return new Z({ location: "cpu-pinned", data: n.data, type: n.type, dims: t });
        case "texture":
          return new Z({ location: "texture", texture: n.texture, type: n.type, dims: t });
        case "gpu-buffer":
          return new Z({ location: "gpu-buffer", gpuBuffer: n.gpuBuffer, type: n.type, dims: t });
        case "ml-tensor":
          return new Z({ location: "ml-tensor", mlTensor: n.mlTensor, type: n.type, dims: t });
        default:
          throw new Error(`tensorReshape: tensor location ${n.location} is not supported`);
      }
    };
  });
  var Z;
  var ct = N(() => {
    "use strict";
    Tr();
    Br();
    Dr();
    xr();
    Z = class {
      constructor(t, a, u) {
        _r();
        let o, d;
        if (typeof t == "object" && "location" in t) switch (this.dataLocation = t.location, o = t.type, d = t.dims, t.location) {
          case "cpu-pinned": {
            let l = Le.get(o);
            if (!l) throw new TypeError(`unsupported type "${o}" to create tensor from pinned buffer`);
            if (!(t.data instanceof l)) throw new TypeError(`buffer should be of type ${l.name}`);
            this.cpuData = t.data;
            break;
          }
          case "texture": {
            if (o !== "float32") throw new TypeError(`unsupported type "${o}" to create tensor from texture`);
            this.gpuTextureData = t.texture, this.downloader = t.download, this.disposer = t.dispose;
            break;
          }
          case "gpu-buffer": {
            if (o !== "float32" && o !== "float16" && o !== "int32" && o !== "int64" && o !== "uint32" && o !== "uint8" && o !== "bool" && o !== "uint4" && o !== "int4") throw new TypeError(`unsupported type "${o}" to create tensor from gpu buffer`);
            this.gpuBufferData = t.gpuBuffer, this.downloader = t.download, this.disposer = t.dispose;
            break;
          }
          case "ml-tensor": {
            if (o !== "float32" && o !== "float16" && o !== "int32" && o !== "int64" && o !== "uint32" && o !== "uint64" && o !== "int8" && o !== "uint8" && o !== "bool" && o !== "uint4" && o !== "int4") throw new TypeError(`unsupported type "${o}" to create tensor from MLTensor`);
            this.mlTensorData = t.mlTensor, this.downloader = t.download, this.disposer = t.dispose;
            break;
          }
          default:
            throw new Error(`Tensor constructor: unsupported location '${this.dataLocation}'`);
        }
        else {
          let l, m;
          if (typeof t == "string") if (o = t, m = u, t === "string") {
            if (!Array.isArray(a)) throw new TypeError("A string tensor's data must be a string array.");
            l = a;
          } else {
            let h = Le.get(t);
            if (h === void 0) throw new TypeError(`Unsupported tensor type: ${t}.`);
            if (Array.isArray(a)) {
              if (t === "float16" && h === Uint16Array || t === "uint4" || t === "int4") throw new TypeError(`Creating a ${t} tensor from number array is not supported. Please use ${h.name} as data.`);
              t === "uint64" || t === "int64" ? l = h.from(a, BigInt) : l = h.from(a);
            } else if (a instanceof h) l = a;
            else if (a instanceof Uint8ClampedArray) if (t === "uint8") l = Uint8Array.from(a);
            else throw new TypeError("A Uint8ClampedArray tensor's data must be type of uint8");
            else if (t === "float16" && a instanceof Uint16Array && h !== Uint16Array) l = new globalThis.Float16Array(a.buffer, a.byteOffset, a.length);
            else throw new TypeError(`A ${o} tensor's data must be type of ${h}`);
          }
          else if (m = a, Array.isArray(t)) {
            if (t.length === 0) throw new TypeError("Tensor type cannot be inferred from an empty array.");
            let h = typeof t[0];
            if (h === "string") o = "string", l = t;
            else if (h === "boolean") o = "bool", l = Uint8Array.from(t);
            else throw new TypeError(`Invalid element type of data array: ${h}.`);
          } else if (t instanceof Uint8ClampedArray) o = "uint8", l = Uint8Array.from(t);
          else {
            let h = Xe.get(t.constructor);
            if (h === void 0) throw new TypeError(`Unsupported type for tensor data: ${t.constructor}.`);
            o = h, l = t;
          }
          if (m === void 0) m = [l.length];
          else if (!Array.isArray(m)) throw new TypeError("A tensor's dims must be a number array");
          d = m, this.cpuData = l, this.dataLocation = "cpu";
        }
        let c = Pr(d);
        if (this.cpuData && c !== this.cpuData.length && !((o === "uint4" || o === "int4") && Math.ceil(c / 2) === this.cpuData.length)) throw new Error(`Tensor's size(${c}) does not match data length(${this.cpuData.length}).`);
        this.type = o, this.dims = d, this.size = c;
      }
      static async fromImage(t, a) {
        return Sr(t, a);
      }
      static fromTexture(t, a) {
        return vr(t, a);
      }
      static fromGpuBuffer(t, a) {
        return Ar(t, a);
      }
      static fromMLTensor(t, a) {
        return Or(t, a);
      }
      static fromPinnedBuffer(t, a, u) {
        return Ir(t, a, u);
      }
      toDataURL(t) {
        return gr(this, t);
      }
      toImageData(t) {
        return Er(this, t);
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
      async getData(t) {
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
              let a = await this.downloader();
              return this.downloader = void 0, this.dataLocation = "cpu", this.cpuData = a, t && this.disposer && (this.disposer(), this.disposer = void 0), a;
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
      reshape(t) {
        if (this.ensureValid(), this.downloader || this.disposer) throw new Error("Cannot reshape a tensor that owns GPU resource.");
        return Ur(this, t);
      }
    };
  });
  var de;
  var en = N(() => {
    "use strict";
    ct();
    de = Z;
  });
  var Cr;
  var Mr;
  var _e;
  var De;
  var Pe;
  var Ue;
  var tn = N(() => {
    "use strict";
    Qt();
    Cr = (n, t) => {
      (typeof q.trace > "u" ? !q.wasm.trace : !q.trace) || console.timeStamp(`${n}::ORT::${t}`);
    }, Mr = (n, t) => {
      let a = new Error().stack?.split(/\r\n|\r|\n/g) || [], u = false;
      for (let o = 0; o < a.length; o++) {
        if (u && !a[o].includes("TRACE_FUNC")) {
          let d = `FUNC_${n}::${a[o].trim().split(" ")[1]}`;
          t && (d += `::${t}`), Cr("CPU", d);
          return;
        }
        a[o].includes("TRACE_FUNC") && (u = true);
      }
    }, _e = (n) => {
      (typeof q.trace > "u" ? !q.wasm.trace : !q.trace) || Mr("BEGIN", n);
    }, De = (n) => {
      (typeof q.trace > "u" ? !q.wasm.trace : !q.trace) || Mr("END", n);
    }, Pe = (n) => {
      (typeof q.trace > "u" ? !q.wasm.trace : !q.trace) || console.time(`ORT::${n}`);
    }, Ue = (n) => {
      (typeof q.trace > "u" ? !q.wasm.trace : !q.trace) || console.timeEnd(`ORT::${n}`);
    };
  });
  var lt;
  var Rr = N(() => {
    "use strict";
    Zt();
    en();
    tn();
    lt = class n {
      constructor(t) {
        this.handler = t;
      }
      async run(t, a, u) {
        _e(), Pe("InferenceSession.run");
        let o = {}, d = {};
        if (typeof t != "object" || t === null || t instanceof de || Array.isArray(t)) throw new TypeError("'feeds' must be an object that use input names as keys and OnnxValue as corresponding values.");
        let c = true;
        if (typeof a == "object") {
          if (a === null) throw new TypeError("Unexpected argument[1]: cannot be null.");
          if (a instanceof de) throw new TypeError("'fetches' cannot be a Tensor");
          if (Array.isArray(a)) {
            if (a.length === 0) throw new TypeError("'fetches' cannot be an empty array.");
            c = false;
            for (let h of a) {
              if (typeof h != "string") throw new TypeError("'fetches' must be a string array or an object.");
              if (this.outputNames.indexOf(h) === -1) throw new RangeError(`'fetches' contains invalid output name: ${h}.`);
              o[h] = null;
            }
            if (typeof u == "object" && u !== null) d = u;
            else if (typeof u < "u") throw new TypeError("'options' must be an object.");
          } else {
            let h = false, g = Object.getOwnPropertyNames(a);
            for (let b of this.outputNames) if (g.indexOf(b) !== -1) {
              let y = a[b];
              (y === null || y instanceof de) && (h = true, c = false, o[b] = y);
            }
            if (h) {
              if (typeof u == "object" && u !== null) d = u;
              else if (typeof u < "u") throw new TypeError("'options' must be an object.");
            } else d = a;
          }
        } else if (typeof a < "u") throw new TypeError("Unexpected argument[1]: must be 'fetches' or 'options'.");
        for (let h of this.inputNames) if (typeof t[h] > "u") throw new Error(`input '${h}' is missing in 'feeds'.`);
        if (c) for (let h of this.outputNames) o[h] = null;
        let l = await this.handler.run(t, o, d), m = {};
        for (let h in l) if (Object.hasOwnProperty.call(l, h)) {
          let g = l[h];
          g instanceof de ? m[h] = g : m[h] = new de(g.type, g.data, g.dims);
        }
        return Ue("InferenceSession.run"), De(), m;
      }
      async release() {
        return this.handler.dispose();
      }
      static async create(t, a, u, o) {
        _e(), Pe("InferenceSession.create");
        let d, c = {};
        if (typeof t == "string") {
          if (d = t, typeof a == "object" && a !== null) c = a;
          else if (typeof a < "u") throw new TypeError("'options' must be an object.");
        } else if (t instanceof Uint8Array) {
          if (d = t, typeof a == "object" && a !== null) c = a;
          else if (typeof a < "u") throw new TypeError("'options' must be an object.");
        } else if (t instanceof ArrayBuffer || typeof SharedArrayBuffer < "u" && t instanceof SharedArrayBuffer) {
          let g = t, b = 0, y = t.byteLength;
          if (typeof a == "object" && a !== null) c = a;
          else if (typeof a == "number") {
            if (b = a, !Number.isSafeInteger(b)) throw new RangeError("'byteOffset' must be an integer.");
            if (b < 0 || b >= g.byteLength) throw new RangeError(`'byteOffset' is out of range [0, ${g.byteLength}).`);
            if (y = t.byteLength - b, typeof u == "number") {
              if (y = u, !Number.isSafeInteger(y)) throw new RangeError("'byteLength' must be an integer.");
              if (y <= 0 || b + y > g.byteLength) throw new RangeError(`'byteLength' is out of range (0, ${g.byteLength - b}].`);
              if (typeof o == "object" && o !== null) c = o;
              else if (typeof o < "u") throw new TypeError("'options' must be an object.");
            } else if (typeof u < "u") throw new TypeError("'byteLength' must be a number.");
          } else if (typeof a < "u") throw new TypeError("'options' must be an object.");
          d = new Uint8Array(g, b, y);
        } else throw new TypeError("Unexpected argument[0]: must be 'path' or 'buffer'.");
        let [l, m] = await pr(c), h = await l.createInferenceSessionHandler(d, m);
        return Ue("InferenceSession.create"), De(), new n(h);
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
  var rs;
  var Fr = N(() => {
    "use strict";
    Rr();
    rs = lt;
  });
  var Nr = N(() => {
    "use strict";
  });
  var kr = N(() => {
    "use strict";
  });
  var Wr = N(() => {
    "use strict";
  });
  var Gr = N(() => {
    "use strict";
  });
  var nn = {};
  ut(nn, { InferenceSession: () => rs, TRACE: () => Cr, TRACE_EVENT_BEGIN: () => Pe, TRACE_EVENT_END: () => Ue, TRACE_FUNC_BEGIN: () => _e, TRACE_FUNC_END: () => De, Tensor: () => de, env: () => Y, registerBackend: () => Je });
  var Te = N(() => {
    "use strict";
    mr();
    yr();
    Fr();
    en();
    Nr();
    kr();
    tn();
    Wr();
    Gr();
  });
  var dt = N(() => {
    "use strict";
  });
  var jr = {};
  ut(jr, { default: () => os });
  var zr;
  var Hr;
  var os;
  var Vr = N(() => {
    "use strict";
    rn();
    xe();
    pt();
    zr = "ort-wasm-proxy-worker", Hr = globalThis.self?.name === zr;
    Hr && (self.onmessage = (n) => {
      let { type: t, in: a } = n.data;
      try {
        switch (t) {
          case "init-wasm":
            mt(a.wasm).then(() => {
              ht(a).then(() => {
                postMessage({ type: t });
              }, (u) => {
                postMessage({ type: t, err: u });
              });
            }, (u) => {
              postMessage({ type: t, err: u });
            });
            break;
          case "init-ep": {
            let { epName: u, env: o } = a;
            wt(o, u).then(() => {
              postMessage({ type: t });
            }, (d) => {
              postMessage({ type: t, err: d });
            });
            break;
          }
          case "copy-from": {
            let { buffer: u } = a, o = Ze(u);
            postMessage({ type: t, out: o });
            break;
          }
          case "create": {
            let { model: u, options: o } = a;
            bt(u, o).then((d) => {
              postMessage({ type: t, out: d });
            }, (d) => {
              postMessage({ type: t, err: d });
            });
            break;
          }
          case "release":
            yt(a), postMessage({ type: t });
            break;
          case "run": {
            let { sessionId: u, inputIndices: o, inputs: d, outputIndices: c, options: l } = a;
            gt(u, o, d, c, new Array(c.length).fill(null), l).then((m) => {
              m.some((h) => h[3] !== "cpu") ? postMessage({ type: t, err: "Proxy does not support non-cpu tensor location." }) : postMessage({ type: t, out: m }, Tt([...d, ...m]));
            }, (m) => {
              postMessage({ type: t, err: m });
            });
            break;
          }
          case "end-profiling":
            Et(a), postMessage({ type: t });
            break;
          default:
        }
      } catch (u) {
        postMessage({ type: t, err: u });
      }
    });
    os = Hr ? null : (n) => new Worker(n ?? oe, { type: "module", name: zr });
  });
  var qr = {};
  ut(qr, { default: () => as });
  async function Yr(n = {}) {
    var t = n, a = !!globalThis.window, u = !!globalThis.WorkerGlobalScope, o = u && self.name?.startsWith("em-pthread");
    t.mountExternalData = (e, r) => {
      e.startsWith("./") && (e = e.substring(2)), (t.Tb || (t.Tb = /* @__PURE__ */ new Map())).set(e, r);
    }, t.unmountExternalData = () => {
      delete t.Tb, delete t.mc, delete t.lc, delete t.nc;
    }, globalThis.SharedArrayBuffer ?? new WebAssembly.Memory({ initial: 0, maximum: 0, shared: true }).buffer.constructor;
    var d, c, l = (e, r) => {
      throw r;
    }, m = self.location.href, h = "";
    if (a || u) {
      try {
        h = new URL(".", m).href;
      } catch {
      }
      u && (c = (e) => {
        var r = new XMLHttpRequest();
        return r.open("GET", e, false), r.responseType = "arraybuffer", r.send(null), new Uint8Array(r.response);
      }), d = async (e) => {
        if (k(e)) return new Promise((i, s) => {
          var f7 = new XMLHttpRequest();
          f7.open("GET", e, true), f7.responseType = "arraybuffer", f7.onload = () => {
            f7.status == 200 || f7.status == 0 && f7.response ? i(f7.response) : s(f7.status);
          }, f7.onerror = s, f7.send(null);
        });
        var r = await fetch(e, { credentials: "same-origin" });
        if (r.ok) return r.arrayBuffer();
        throw Error(r.status + " : " + r.url);
      };
    }
    var g, b, y, T, I, D, $ = console.log.bind(console), v = console.error.bind(console), A = $, F = v, P = false, k = (e) => e.startsWith("file://");
    function w() {
      ge.buffer != H.buffer && ee();
    }
    if (o) {
      let e = function(r) {
        try {
          var i = r.data, s = i.Rb;
          if (s === "load") {
            let f7 = [];
            self.onmessage = (p) => f7.push(p), D = () => {
              postMessage({ Rb: "loaded" });
              for (let p of f7) e(p);
              self.onmessage = e;
            };
            for (let p of i.ac) t[p] && !t[p].proxy || (t[p] = (...E) => {
              postMessage({ Rb: "callHandler", $b: p, args: E });
            }, p == "print" && (A = t[p]), p == "printErr" && (F = t[p]));
            ge = i.fc, ee(), b = i.hc, Ut(), it();
          } else if (s === "run") {
            (function(f7) {
              var p = (w(), W)[f7 + 52 >>> 2 >>> 0];
              f7 = (w(), W)[f7 + 56 >>> 2 >>> 0], ir(p, p - f7), _(p);
            })(i.Qb), zt(i.Qb, 0, 0, 1, 0, 0), wn(), Ft(i.Qb), Q ||= true;
            try {
              Io(i.dc, i.Vb);
            } catch (f7) {
              if (f7 != "unwind") throw f7;
            }
          } else i.target !== "setimmediate" && (s === "checkMailbox" ? Q && rt() : s && (F(`worker: received unknown command ${s}`), F(i)));
        } catch (f7) {
          throw nr(), f7;
        }
      };
      var As = e, Q = false;
      self.onunhandledrejection = (r) => {
        throw r.reason || r;
      }, self.onmessage = e;
    }
    var H, ne, pe, B, W, re, me, O, K, je = false;
    function ee() {
      var e = ge.buffer;
      t.HEAP8 = H = new Int8Array(e), pe = new Int16Array(e), t.HEAPU8 = ne = new Uint8Array(e), new Uint16Array(e), t.HEAP32 = B = new Int32Array(e), t.HEAPU32 = W = new Uint32Array(e), re = new Float32Array(e), me = new Float64Array(e), O = new BigInt64Array(e), new BigUint64Array(e);
    }
    function he() {
      je = true, o ? D() : Ee.Va();
    }
    function j(e) {
      throw F(e = "Aborted(" + e + ")"), P = true, e = new WebAssembly.RuntimeError(e + ". Build with -sASSERTIONS for more info."), I?.(e), e;
    }
    function J() {
      return { a: { T: ca, f: Bo, w: Lo, e: _o, k: Do, h: Po, L: Uo, b: xo, G: Co, ua: vn, j: Mo, M: In, La: Bn, qa: Ln, sa: _n, Ma: Dn, Ja: Pn, Ca: Un, Ia: xn, Z: Cn, ra: Mn, oa: Rn, Ka: Fn, pa: Nn, Ra: Ro, Fa: Fo, ma: ko, va: Wo, ja: Go, U: $o, Ea: Ft, Oa: zo, za: Ho, Aa: jo, Ba: Vo, xa: $n, ya: zn, ka: Hn, Ta: qo, Qa: Zo, W: Qo, V: Ko, Pa: Jo, F: ea, Na: ta, na, u: Yo, H: ra, S: at, la: aa, ba: oa, Ua: sa, Ga: Yn, Ha: qn, ta: ye, I: Jn, wa: Xn, Y: Zn, Da: Qn, X: Kn, $: Ya, N: $a, aa: Va, O: Ga, v: Da, d: ma, m: da, n: la, r: Aa, ca: Na, E: Fa, o: ba, P: ka, C: za, J: Ra, da: Ma, ea: Ca, z: Oa, fa: Ua, Q: xa, ga: Pa, y: La, D: Wa, c: pa, q: wa, i: ha, _: qa, l: ga, p: Ea, s: ya, t: Ta, x: Ia, R: _a, A: Ha, K: Ba, B: ja, ha: va, ia: Sa, g: ua, a: ge, Sa: V } };
    }
    async function Ut() {
      function e(s, f7) {
        return Ee = s.exports, Ee = (function() {
          var p = Ee, E = (C) => () => C() >>> 0, S = (C) => (R) => C(R) >>> 0;
          return (p = Object.assign({}, p)).ub = E(p.ub), p.wb = S(p.wb), p.Kb = S(p.Kb), p.Lb = E(p.Lb), p.Pb = S(p.Pb), p;
        })(), mn.push(Ee.xb), s = Ee, t._OrtInit = s.Wa, t._OrtGetLastError = s.Xa, t._OrtCreateSessionOptions = s.Ya, t._OrtAppendExecutionProvider = s.Za, t._OrtAddFreeDimensionOverride = s._a, t._OrtAddSessionConfigEntry = s.$a, t._OrtReleaseSessionOptions = s.ab, t._OrtCreateSession = s.bb, t._OrtReleaseSession = s.cb, t._OrtGetInputOutputCount = s.db, t._OrtGetInputOutputMetadata = s.eb, t._OrtFree = s.fb, t._OrtCreateTensor = s.gb, t._OrtGetTensorData = s.hb, t._OrtReleaseTensor = s.ib, t._OrtCreateRunOptions = s.jb, t._OrtAddRunConfigEntry = s.kb, t._OrtReleaseRunOptions = s.lb, t._OrtCreateBinding = s.mb, t._OrtBindInput = s.nb, t._OrtBindOutput = s.ob, t._OrtClearBoundOutputs = s.pb, t._OrtReleaseBinding = s.qb, t._OrtRunWithBinding = s.rb, t._OrtRun = s.sb, t._OrtEndProfiling = s.tb, st = s.ub, er = t._free = s.vb, tr = t._malloc = s.wb, zt = s.zb, nr = s.Ab, rr = s.Bb, or = s.Cb, Ht = s.Db, ar = s.Eb, sr = s.Fb, x = s.Gb, qe = s.Hb, ir = s.Ib, _ = s.Jb, jt = s.Kb, U = s.Lb, ur = s.Mb, Vt = s.Nb, fr = s.Ob, cr = s.Pb, lr = s.yb, b = f7, Ee;
      }
      var r, i = J();
      return t.instantiateWasm ? new Promise((s) => {
        t.instantiateWasm(i, (f7, p) => {
          s(e(f7, p));
        });
      }) : o ? e(new WebAssembly.Instance(b, J()), b) : (K ??= t.locateFile ? t.locateFile ? t.locateFile("ort-wasm-simd-threaded.wasm", h) : h + "ort-wasm-simd-threaded.wasm" : new URL("ort-wasm-simd-threaded.wasm", self.location.href).href, r = await (async function(s) {
        var f7 = K;
        if (!g && !k(f7)) try {
          var p = fetch(f7, { credentials: "same-origin" });
          return await WebAssembly.instantiateStreaming(p, s);
        } catch (E) {
          F(`wasm streaming compile failed: ${E}`), F("falling back to ArrayBuffer instantiation");
        }
        return (async function(E, S) {
          try {
            var C = await (async function(R) {
              if (!g) try {
                var X = await d(R);
                return new Uint8Array(X);
              } catch {
              }
              if (R == K && g) R = new Uint8Array(g);
              else {
                if (!c) throw "both async and sync fetching of the wasm failed";
                R = c(R);
              }
              return R;
            })(E);
            return await WebAssembly.instantiate(C, S);
          } catch (R) {
            F(`failed to asynchronously prepare wasm: ${R}`), j(R);
          }
        })(f7, s);
      })(i), e(r.instance, r.module));
    }
    class Se {
      name = "ExitStatus";
      constructor(r) {
        this.message = `Program terminated with exit(${r})`, this.status = r;
      }
    }
    var ve = (e) => {
      e.terminate(), e.onmessage = () => {
      };
    }, Ve = [], Re = 0, te = null, ue = (e) => {
      ce.length == 0 && (yn(), bn(ce[0]));
      var r = ce.pop();
      if (!r) return 6;
      Fe.push(r), Ae[e.Qb] = r, r.Qb = e.Qb;
      var i = { Rb: "run", dc: e.cc, Vb: e.Vb, Qb: e.Qb };
      return r.postMessage(i, e.Zb), 0;
    }, se = 0, L = (e, r, ...i) => {
      var s, f7 = 16 * i.length, p = U(), E = jt(f7), S = E >>> 3;
      for (s of i) typeof s == "bigint" ? ((w(), O)[S++ >>> 0] = 1n, (w(), O)[S++ >>> 0] = s) : ((w(), O)[S++ >>> 0] = 0n, (w(), me)[S++ >>> 0] = s);
      return e = rr(e, 0, f7, E, r), _(p), e;
    };
    function V(e) {
      if (o) return L(0, 1, e);
      if (y = e, !(0 < se)) {
        for (var r of Fe) ve(r);
        for (r of ce) ve(r);
        ce = [], Fe = [], Ae = {}, P = true;
      }
      l(0, new Se(e));
    }
    function fe(e) {
      if (o) return L(1, 0, e);
      ye(e);
    }
    var ye = (e) => {
      if (y = e, o) throw fe(e), "unwind";
      V(e);
    }, ce = [], Fe = [], mn = [], Ae = {}, hn = (e) => {
      var r = e.Qb;
      delete Ae[r], ce.push(e), Fe.splice(Fe.indexOf(e), 1), e.Qb = 0, or(r);
    };
    function wn() {
      mn.forEach((e) => e());
    }
    var bn = (e) => new Promise((r) => {
      e.onmessage = (f7) => {
        var p = f7.data;
        if (f7 = p.Rb, p.Ub && p.Ub != st()) {
          var E = Ae[p.Ub];
          E ? E.postMessage(p, p.Zb) : F(`Internal error! Worker sent a message "${f7}" to target pthread ${p.Ub}, but that thread no longer exists!`);
        } else f7 === "checkMailbox" ? rt() : f7 === "spawnThread" ? ue(p) : f7 === "cleanupThread" ? Rt(() => {
          hn(Ae[p.ec]);
        }) : f7 === "loaded" ? (e.loaded = true, r(e)) : p.target === "setimmediate" ? e.postMessage(p) : f7 === "uncaughtException" ? e.onerror(p.error) : f7 === "callHandler" ? t[p.$b](...p.args) : f7 && F(`worker sent an unknown command ${f7}`);
      }, e.onerror = (f7) => {
        throw F(`worker sent an error! ${f7.filename}:${f7.lineno}: ${f7.message}`), f7;
      };
      var i, s = [];
      for (i of []) t.propertyIsEnumerable(i) && s.push(i);
      e.postMessage({ Rb: "load", ac: s, fc: ge, hc: b });
    });
    function yn() {
      var e = new Worker((() => {
        let r = URL;
        return self.location.href > "file:" && self.location.href < "file;" ? new r("ort.wasm.bundle.min.mjs", self.location.href) : new URL(self.location.href);
      })(), { type: "module", workerData: "em-pthread", name: "em-pthread" });
      ce.push(e);
    }
    var ge, gn = [], M = (e) => {
      var r = gn[e];
      return r || (gn[e] = r = lr.get(e)), r;
    }, Io = (e, r) => {
      se = 0, e = M(e)(r), 0 < se ? y = e : Ht(e);
    }, tt = [], nt = 0;
    function Bo(e) {
      var r = new xt(e >>>= 0);
      return (w(), H)[r.Sb + 12 >>> 0] == 0 && (En(r, true), nt--), Tn(r, false), tt.push(r), cr(e);
    }
    var Ne = 0, Lo = () => {
      x(0, 0);
      var e = tt.pop();
      ur(e.Wb), Ne = 0;
    };
    function En(e, r) {
      r = r ? 1 : 0, (w(), H)[e.Sb + 12 >>> 0] = r;
    }
    function Tn(e, r) {
      r = r ? 1 : 0, (w(), H)[e.Sb + 13 >>> 0] = r;
    }
    class xt {
      constructor(r) {
        this.Wb = r, this.Sb = r - 24;
      }
    }
    var Ct = (e) => {
      var r = Ne;
      if (!r) return qe(0), 0;
      var i = new xt(r);
      (w(), W)[i.Sb + 16 >>> 2 >>> 0] = r;
      var s = (w(), W)[i.Sb + 4 >>> 2 >>> 0];
      if (!s) return qe(0), r;
      for (var f7 of e) {
        if (f7 === 0 || f7 === s) break;
        if (fr(f7, s, i.Sb + 16)) return qe(f7), r;
      }
      return qe(s), r;
    };
    function _o() {
      return Ct([]);
    }
    function Do(e) {
      return Ct([e >>> 0]);
    }
    function Po(e, r, i, s) {
      return Ct([e >>> 0, r >>> 0, i >>> 0, s >>> 0]);
    }
    var Uo = () => {
      var e = tt.pop();
      e || j("no exception to throw");
      var r = e.Wb;
      throw (w(), H)[e.Sb + 13 >>> 0] == 0 && (tt.push(e), Tn(e, true), En(e, false), nt++), Vt(r), Ne = r;
    };
    function xo(e, r, i) {
      var s = new xt(e >>>= 0);
      throw r >>>= 0, i >>>= 0, (w(), W)[s.Sb + 16 >>> 2 >>> 0] = 0, (w(), W)[s.Sb + 4 >>> 2 >>> 0] = r, (w(), W)[s.Sb + 8 >>> 2 >>> 0] = i, Vt(e), nt++, Ne = e;
    }
    var Co = () => nt;
    function Sn(e, r, i, s) {
      return o ? L(2, 1, e, r, i, s) : vn(e, r, i, s);
    }
    function vn(e, r, i, s) {
      if (e >>>= 0, r >>>= 0, i >>>= 0, s >>>= 0, !globalThis.SharedArrayBuffer) return 6;
      var f7 = [];
      return o && f7.length === 0 ? Sn(e, r, i, s) : (e = { cc: i, Qb: e, Vb: s, Zb: f7 }, o ? (e.Rb = "spawnThread", postMessage(e, f7), 0) : ue(e));
    }
    function Mo(e) {
      throw Ne ||= e >>> 0, Ne;
    }
    var An = globalThis.TextDecoder && new TextDecoder(), On = (e, r = 0, i, s) => {
      var f7 = r >>>= 0;
      if (i = f7 + i, s) s = i;
      else {
        for (; e[f7] && !(f7 >= i); ) ++f7;
        s = f7;
      }
      if (16 < s - r && e.buffer && An) return An.decode(e.buffer instanceof ArrayBuffer ? e.subarray(r, s) : e.slice(r, s));
      for (f7 = ""; r < s; ) if (128 & (i = e[r++])) {
        var p = 63 & e[r++];
        if ((224 & i) == 192) f7 += String.fromCharCode((31 & i) << 6 | p);
        else {
          var E = 63 & e[r++];
          65536 > (i = (240 & i) == 224 ? (15 & i) << 12 | p << 6 | E : (7 & i) << 18 | p << 12 | E << 6 | 63 & e[r++]) ? f7 += String.fromCharCode(i) : (i -= 65536, f7 += String.fromCharCode(55296 | i >> 10, 56320 | 1023 & i));
        }
      } else f7 += String.fromCharCode(i);
      return f7;
    }, Mt = (e, r, i) => (e >>>= 0) ? On((w(), ne), e, r, i) : "";
    function In(e, r, i) {
      return o ? L(3, 1, e, r, i) : 0;
    }
    function Bn(e, r) {
      if (o) return L(4, 1, e, r);
    }
    function Ln(e, r) {
      if (o) return L(5, 1, e, r);
    }
    function _n(e, r, i) {
      if (o) return L(6, 1, e, r, i);
    }
    function Dn(e, r, i) {
      return o ? L(7, 1, e, r, i) : 0;
    }
    function Pn(e, r) {
      if (o) return L(8, 1, e, r);
    }
    function Un(e, r, i) {
      if (o) return L(9, 1, e, r, i);
    }
    function xn(e, r, i, s) {
      if (o) return L(10, 1, e, r, i, s);
    }
    function Cn(e, r, i, s) {
      if (o) return L(11, 1, e, r, i, s);
    }
    function Mn(e, r, i, s) {
      if (o) return L(12, 1, e, r, i, s);
    }
    function Rn(e) {
      if (o) return L(13, 1, e);
    }
    function Fn(e, r) {
      if (o) return L(14, 1, e, r);
    }
    function Nn(e, r, i) {
      if (o) return L(15, 1, e, r, i);
    }
    var Ro = () => j("");
    function Fo(e) {
      zt(e >>> 0, !u, 1, !a, 131072, false), wn();
    }
    var Rt = (e) => {
      if (!P) try {
        if (e(), !(0 < se)) try {
          o ? st() && Ht(y) : ye(y);
        } catch (r) {
          r instanceof Se || r == "unwind" || l(0, r);
        }
      } catch (r) {
        r instanceof Se || r == "unwind" || l(0, r);
      }
    }, No = !Atomics.waitAsync || globalThis.navigator?.userAgent && 91 > Number((navigator.userAgent.match(/Chrom(e|ium)\/([0-9]+)\./) || [])[2]);
    function Ft(e) {
      e >>>= 0, No || (Atomics.waitAsync((w(), B), e >>> 2, e).value.then(rt), e += 128, Atomics.store((w(), B), e >>> 2, 1));
    }
    var rt = () => Rt(() => {
      var e = st();
      e && (Ft(e), sr());
    });
    function ko(e, r) {
      (e >>>= 0) == r >>> 0 ? setTimeout(rt) : o ? postMessage({ Ub: e, Rb: "checkMailbox" }) : (e = Ae[e]) && e.postMessage({ Rb: "checkMailbox" });
    }
    var Nt = [];
    function Wo(e, r, i, s, f7) {
      for (r >>>= 0, f7 >>>= 0, Nt.length = 0, i = f7 >>> 3, s = f7 + s >>> 3; i < s; ) {
        var p;
        p = (w(), O)[i++ >>> 0] ? (w(), O)[i++ >>> 0] : (w(), me)[i++ >>> 0], Nt.push(p);
      }
      return (r ? dr[r] : fa[e])(...Nt);
    }
    var Go = () => {
      se = 0;
    };
    function $o(e) {
      e >>>= 0, o ? postMessage({ Rb: "cleanupThread", ec: e }) : hn(Ae[e]);
    }
    function zo(e) {
    }
    function Ho(e, r) {
      e = -9007199254740992 > e || 9007199254740992 < e ? NaN : Number(e), r >>>= 0, e = new Date(1e3 * e), (w(), B)[r >>> 2 >>> 0] = e.getUTCSeconds(), (w(), B)[r + 4 >>> 2 >>> 0] = e.getUTCMinutes(), (w(), B)[r + 8 >>> 2 >>> 0] = e.getUTCHours(), (w(), B)[r + 12 >>> 2 >>> 0] = e.getUTCDate(), (w(), B)[r + 16 >>> 2 >>> 0] = e.getUTCMonth(), (w(), B)[r + 20 >>> 2 >>> 0] = e.getUTCFullYear() - 1900, (w(), B)[r + 24 >>> 2 >>> 0] = e.getUTCDay(), e = (e.getTime() - Date.UTC(e.getUTCFullYear(), 0, 1, 0, 0, 0, 0)) / 864e5 | 0, (w(), B)[r + 28 >>> 2 >>> 0] = e;
    }
    var kn = (e) => e % 4 == 0 && (e % 100 != 0 || e % 400 == 0), Wn = [0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335], Gn = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    function jo(e, r) {
      e = -9007199254740992 > e || 9007199254740992 < e ? NaN : Number(e), r >>>= 0, e = new Date(1e3 * e), (w(), B)[r >>> 2 >>> 0] = e.getSeconds(), (w(), B)[r + 4 >>> 2 >>> 0] = e.getMinutes(), (w(), B)[r + 8 >>> 2 >>> 0] = e.getHours(), (w(), B)[r + 12 >>> 2 >>> 0] = e.getDate(), (w(), B)[r + 16 >>> 2 >>> 0] = e.getMonth(), (w(), B)[r + 20 >>> 2 >>> 0] = e.getFullYear() - 1900, (w(), B)[r + 24 >>> 2 >>> 0] = e.getDay();
      var i = (kn(e.getFullYear()) ? Wn : Gn)[e.getMonth()] + e.getDate() - 1 | 0;
      (w(), B)[r + 28 >>> 2 >>> 0] = i, (w(), B)[r + 36 >>> 2 >>> 0] = -60 * e.getTimezoneOffset(), i = new Date(e.getFullYear(), 6, 1).getTimezoneOffset();
      var s = new Date(e.getFullYear(), 0, 1).getTimezoneOffset();
      e = 0 | (i != s && e.getTimezoneOffset() == Math.min(s, i)), (w(), B)[r + 32 >>> 2 >>> 0] = e;
    }
    function Vo(e) {
      e >>>= 0;
      var r = new Date((w(), B)[e + 20 >>> 2 >>> 0] + 1900, (w(), B)[e + 16 >>> 2 >>> 0], (w(), B)[e + 12 >>> 2 >>> 0], (w(), B)[e + 8 >>> 2 >>> 0], (w(), B)[e + 4 >>> 2 >>> 0], (w(), B)[e >>> 2 >>> 0], 0), i = (w(), B)[e + 32 >>> 2 >>> 0], s = r.getTimezoneOffset(), f7 = new Date(r.getFullYear(), 6, 1).getTimezoneOffset(), p = new Date(r.getFullYear(), 0, 1).getTimezoneOffset(), E = Math.min(p, f7);
      return 0 > i ? (w(), B)[e + 32 >>> 2 >>> 0] = +(f7 != p && E == s) : 0 < i != (E == s) && (f7 = Math.max(p, f7), r.setTime(r.getTime() + 6e4 * ((0 < i ? E : f7) - s))), (w(), B)[e + 24 >>> 2 >>> 0] = r.getDay(), i = (kn(r.getFullYear()) ? Wn : Gn)[r.getMonth()] + r.getDate() - 1 | 0, (w(), B)[e + 28 >>> 2 >>> 0] = i, (w(), B)[e >>> 2 >>> 0] = r.getSeconds(), (w(), B)[e + 4 >>> 2 >>> 0] = r.getMinutes(), (w(), B)[e + 8 >>> 2 >>> 0] = r.getHours(), (w(), B)[e + 12 >>> 2 >>> 0] = r.getDate(), (w(), B)[e + 16 >>> 2 >>> 0] = r.getMonth(), (w(), B)[e + 20 >>> 2 >>> 0] = r.getYear(), e = r.getTime(), BigInt(isNaN(e) ? -1 : e / 1e3);
    }
    function $n(e, r, i, s, f7, p, E) {
      return o ? L(16, 1, e, r, i, s, f7, p, E) : -52;
    }
    function zn(e, r, i, s, f7, p) {
      if (o) return L(17, 1, e, r, i, s, f7, p);
    }
    var Ye = {}, Yo = () => performance.timeOrigin + performance.now();
    function Hn(e, r) {
      if (o) return L(18, 1, e, r);
      if (Ye[e] && (clearTimeout(Ye[e].id), delete Ye[e]), !r) return 0;
      var i = setTimeout(() => {
        delete Ye[e], Rt(() => ar(e, performance.timeOrigin + performance.now()));
      }, r);
      return Ye[e] = { id: i, oc: r }, 0;
    }
    var Oe = (e, r, i) => {
      var s = (w(), ne);
      if (r >>>= 0, 0 < i) {
        var f7 = r;
        i = r + i - 1;
        for (var p = 0; p < e.length; ++p) {
          var E = e.codePointAt(p);
          if (127 >= E) {
            if (r >= i) break;
            s[r++ >>> 0] = E;
          } else if (2047 >= E) {
            if (r + 1 >= i) break;
            s[r++ >>> 0] = 192 | E >> 6, s[r++ >>> 0] = 128 | 63 & E;
          } else if (65535 >= E) {
            if (r + 2 >= i) break;
            s[r++ >>> 0] = 224 | E >> 12, s[r++ >>> 0] = 128 | E >> 6 & 63, s[r++ >>> 0] = 128 | 63 & E;
          } else {
            if (r + 3 >= i) break;
            s[r++ >>> 0] = 240 | E >> 18, s[r++ >>> 0] = 128 | E >> 12 & 63, s[r++ >>> 0] = 128 | E >> 6 & 63, s[r++ >>> 0] = 128 | 63 & E, p++;
          }
        }
        s[r >>> 0] = 0, e = r - f7;
      } else e = 0;
      return e;
    };
    function qo(e, r, i, s) {
      e >>>= 0, r >>>= 0, i >>>= 0, s >>>= 0;
      var f7 = (/* @__PURE__ */ new Date()).getFullYear(), p = new Date(f7, 0, 1).getTimezoneOffset();
      f7 = new Date(f7, 6, 1).getTimezoneOffset();
      var E = Math.max(p, f7);
      (w(), W)[e >>> 2 >>> 0] = 60 * E, (w(), B)[r >>> 2 >>> 0] = +(p != f7), e = (r = (S) => {
        var C = Math.abs(S);
        return `UTC${0 <= S ? "-" : "+"}${String(Math.floor(C / 60)).padStart(2, "0")}${String(C % 60).padStart(2, "0")}`;
      })(p), r = r(f7), f7 < p ? (Oe(e, i, 17), Oe(r, s, 17)) : (Oe(e, s, 17), Oe(r, i, 17));
    }
    var Jo = () => Date.now(), Xo = 1;
    function Zo(e, r, i) {
      if (i >>>= 0, !(0 <= e && 3 >= e)) return 28;
      if (e === 0) e = Date.now();
      else {
        if (!Xo) return 52;
        e = performance.timeOrigin + performance.now();
      }
      return e = Math.round(1e6 * e), (w(), O)[i >>> 3 >>> 0] = BigInt(e), 0;
    }
    var kt = [];
    function Qo(e, r, i) {
      e >>>= 0, r >>>= 0, i >>>= 0, kt.length = 0;
      for (var s; s = (w(), ne)[r++ >>> 0]; ) {
        var f7 = s != 105;
        i += (f7 &= s != 112) && i % 8 ? 4 : 0, kt.push(s == 112 ? (w(), W)[i >>> 2 >>> 0] : s == 106 ? (w(), O)[i >>> 3 >>> 0] : s == 105 ? (w(), B)[i >>> 2 >>> 0] : (w(), me)[i >>> 3 >>> 0]), i += f7 ? 8 : 4;
      }
      return dr[e](...kt);
    }
    var Ko = () => {
    };
    function ea(e, r) {
      return F(Mt(e >>> 0, r >>> 0));
    }
    var ta = () => {
      throw se += 1, "unwind";
    };
    function na() {
      return 4294901760;
    }
    var ra = () => navigator.hardwareConcurrency, Ie = {}, Wt = (e) => {
      for (var r = 0, i = 0; i < e.length; ++i) {
        var s = e.charCodeAt(i);
        127 >= s ? r++ : 2047 >= s ? r += 2 : 55296 <= s && 57343 >= s ? (r += 4, ++i) : r += 3;
      }
      return r;
    }, ot = (e) => {
      var r;
      return (r = /\bwasm-function\[\d+\]:(0x[0-9a-f]+)/.exec(e)) ? +r[1] : (r = /:(\d+):\d+(?:\)|$)/.exec(e)) ? 2147483648 | +r[1] : 0;
    }, jn = (e) => {
      for (var r of e) (e = ot(r)) && (Ie[e] = r);
    };
    function oa() {
      var e = Error().stack.toString().split(`
`);
      return e[0] == "Error" && e.shift(), jn(e), Ie.Xb = ot(e[3]), Ie.bc = e, Ie.Xb;
    }
    function at(e) {
      if (!(e = Ie[e >>> 0])) return 0;
      var r;
      if (r = /^\s+at .*\.wasm\.(.*) \(.*\)$/.exec(e)) e = r[1];
      else if (r = /^\s+at (.*) \(.*\)$/.exec(e)) e = r[1];
      else {
        if (!(r = /^(.+?)@/.exec(e))) return 0;
        e = r[1];
      }
      er(at.Yb ?? 0), r = Wt(e) + 1;
      var i = tr(r);
      return i && Oe(e, i, r), at.Yb = i, at.Yb;
    }
    function aa(e) {
      e >>>= 0;
      var r = (w(), ne).length;
      if (e <= r || 4294901760 < e) return false;
      for (var i = 1; 4 >= i; i *= 2) {
        var s = r * (1 + 0.2 / i);
        s = Math.min(s, e + 100663296);
        e: {
          s = (Math.min(4294901760, 65536 * Math.ceil(Math.max(e, s) / 65536)) - ge.buffer.byteLength + 65535) / 65536 | 0;
          try {
            ge.grow(s), ee();
            var f7 = 1;
            break e;
          } catch {
          }
          f7 = void 0;
        }
        if (f7) return true;
      }
      return false;
    }
    function sa(e, r, i) {
      if (e >>>= 0, r >>>= 0, Ie.Xb == e) var s = Ie.bc;
      else (s = Error().stack.toString().split(`
`))[0] == "Error" && s.shift(), jn(s);
      for (var f7 = 3; s[f7] && ot(s[f7]) != e; ) ++f7;
      for (e = 0; e < i && s[e + f7]; ++e) (w(), B)[r + 4 * e >>> 2 >>> 0] = ot(s[e + f7]);
      return e;
    }
    var Gt, $t = {}, Vn = () => {
      if (!Gt) {
        var e, r = { USER: "web_user", LOGNAME: "web_user", PATH: "/", PWD: "/", HOME: "/home/web_user", LANG: (globalThis.navigator?.language ?? "C").replace("-", "_") + ".UTF-8", _: "./this.program" };
        for (e in $t) $t[e] === void 0 ? delete r[e] : r[e] = $t[e];
        var i = [];
        for (e in r) i.push(`${e}=${r[e]}`);
        Gt = i;
      }
      return Gt;
    };
    function Yn(e, r) {
      if (o) return L(19, 1, e, r);
      e >>>= 0, r >>>= 0;
      var i, s = 0, f7 = 0;
      for (i of Vn()) {
        var p = r + s;
        (w(), W)[e + f7 >>> 2 >>> 0] = p, s += Oe(i, p, 1 / 0) + 1, f7 += 4;
      }
      return 0;
    }
    function qn(e, r) {
      if (o) return L(20, 1, e, r);
      e >>>= 0, r >>>= 0;
      var i = Vn();
      for (var s of ((w(), W)[e >>> 2 >>> 0] = i.length, e = 0, i)) e += Wt(s) + 1;
      return (w(), W)[r >>> 2 >>> 0] = e, 0;
    }
    function Jn(e) {
      return o ? L(21, 1, e) : 52;
    }
    function Xn(e, r, i, s, f7) {
      return o ? L(22, 1, e, r, i, s, f7) : 52;
    }
    function Zn(e, r, i, s) {
      return o ? L(23, 1, e, r, i, s) : 52;
    }
    function Qn(e, r, i, s) {
      return o ? L(24, 1, e, r, i, s) : 70;
    }
    var ia = [null, [], []];
    function Kn(e, r, i, s) {
      if (o) return L(25, 1, e, r, i, s);
      r >>>= 0, i >>>= 0, s >>>= 0;
      for (var f7 = 0, p = 0; p < i; p++) {
        var E = (w(), W)[r >>> 2 >>> 0], S = (w(), W)[r + 4 >>> 2 >>> 0];
        r += 8;
        for (var C = 0; C < S; C++) {
          var R = e, X = (w(), ne)[E + C >>> 0], le = ia[R];
          X === 0 || X === 10 ? ((R === 1 ? A : F)(On(le)), le.length = 0) : le.push(X);
        }
        f7 += S;
      }
      return (w(), W)[s >>> 2 >>> 0] = f7, 0;
    }
    function ua(e) {
      return e >>> 0;
    }
    o || (function() {
      for (var e = t.numThreads - 1; e--; ) yn();
      Ve.push(async () => {
        var r = (async function() {
          if (!o) return Promise.all(ce.map(bn));
        })();
        Re++, await r, --Re == 0 && te && (r = te, te = null, r());
      });
    })(), o || (ge = new WebAssembly.Memory({ initial: 256, maximum: 65536, shared: true }), ee()), t.wasmBinary && (g = t.wasmBinary), t.stackSave = () => U(), t.stackRestore = (e) => _(e), t.stackAlloc = (e) => jt(e), t.setValue = function(e, r, i = "i8") {
      switch (i.endsWith("*") && (i = "*"), i) {
        case "i1":
        case "i8":
          (w(), H)[e >>> 0] = r;
          break;
        case "i16":
          (w(), pe)[e >>> 1 >>> 0] = r;
          break;
        case "i32":
          (w(), B)[e >>> 2 >>> 0] = r;
          break;
        case "i64":
          (w(), O)[e >>> 3 >>> 0] = BigInt(r);
          break;
        case "float":
          (w(), re)[e >>> 2 >>> 0] = r;
          break;
        case "double":
          (w(), me)[e >>> 3 >>> 0] = r;
          break;
        case "*":
          (w(), W)[e >>> 2 >>> 0] = r;
          break;
        default:
          j(`invalid type for setValue: ${i}`);
      }
    }, t.getValue = function(e, r = "i8") {
      switch (r.endsWith("*") && (r = "*"), r) {
        case "i1":
        case "i8":
          return (w(), H)[e >>> 0];
        case "i16":
          return (w(), pe)[e >>> 1 >>> 0];
        case "i32":
          return (w(), B)[e >>> 2 >>> 0];
        case "i64":
          return (w(), O)[e >>> 3 >>> 0];
        case "float":
          return (w(), re)[e >>> 2 >>> 0];
        case "double":
          return (w(), me)[e >>> 3 >>> 0];
        case "*":
          return (w(), W)[e >>> 2 >>> 0];
        default:
          j(`invalid type for getValue: ${r}`);
      }
    }, t.UTF8ToString = Mt, t.stringToUTF8 = Oe, t.lengthBytesUTF8 = Wt;
    var st, er, tr, zt, nr, rr, or, Ht, ar, sr, x, qe, ir, _, jt, U, ur, Vt, fr, cr, lr, Ee, fa = [V, fe, Sn, In, Bn, Ln, _n, Dn, Pn, Un, xn, Cn, Mn, Rn, Fn, Nn, $n, zn, Hn, Yn, qn, Jn, Xn, Zn, Qn, Kn], dr = { 1042604: (e, r, i, s, f7) => {
      if (t === void 0 || !t.Tb) return 1;
      if ((e = Mt(Number(e >>> 0))).startsWith("./") && (e = e.substring(2)), !(e = t.Tb.get(e))) return 2;
      if (r = Number(r >>> 0), i = Number(i >>> 0), s = Number(s >>> 0), r + i > e.byteLength) return 3;
      try {
        let p = e.subarray(r, r + i);
        switch (f7) {
          case 0:
            (w(), ne).set(p, s >>> 0);
            break;
          case 1:
            t.ic ? t.ic(s, p) : t.kc(s, p);
            break;
          default:
            return 4;
        }
        return 0;
      } catch {
        return 4;
      }
    }, 1043428: () => typeof wasmOffsetConverter < "u" };
    function ca() {
      return typeof wasmOffsetConverter < "u";
    }
    function la(e, r, i, s) {
      var f7 = U();
      try {
        return M(e)(r, i, s);
      } catch (p) {
        if (_(f7), p !== p + 0) throw p;
        x(1, 0);
      }
    }
    function da(e, r, i) {
      var s = U();
      try {
        return M(e)(r, i);
      } catch (f7) {
        if (_(s), f7 !== f7 + 0) throw f7;
        x(1, 0);
      }
    }
    function pa(e) {
      var r = U();
      try {
        M(e)();
      } catch (i) {
        if (_(r), i !== i + 0) throw i;
        x(1, 0);
      }
    }
    function ma(e, r) {
      var i = U();
      try {
        return M(e)(r);
      } catch (s) {
        if (_(i), s !== s + 0) throw s;
        x(1, 0);
      }
    }
    function ha(e, r, i) {
      var s = U();
      try {
        M(e)(r, i);
      } catch (f7) {
        if (_(s), f7 !== f7 + 0) throw f7;
        x(1, 0);
      }
    }
    function wa(e, r) {
      var i = U();
      try {
        M(e)(r);
      } catch (s) {
        if (_(i), s !== s + 0) throw s;
        x(1, 0);
      }
    }
    function ba(e, r, i, s, f7, p, E) {
      var S = U();
      try {
        return M(e)(r, i, s, f7, p, E);
      } catch (C) {
        if (_(S), C !== C + 0) throw C;
        x(1, 0);
      }
    }
    function ya(e, r, i, s, f7, p) {
      var E = U();
      try {
        M(e)(r, i, s, f7, p);
      } catch (S) {
        if (_(E), S !== S + 0) throw S;
        x(1, 0);
      }
    }
    function ga(e, r, i, s) {
      var f7 = U();
      try {
        M(e)(r, i, s);
      } catch (p) {
        if (_(f7), p !== p + 0) throw p;
        x(1, 0);
      }
    }
    function Ea(e, r, i, s, f7) {
      var p = U();
      try {
        M(e)(r, i, s, f7);
      } catch (E) {
        if (_(p), E !== E + 0) throw E;
        x(1, 0);
      }
    }
    function Ta(e, r, i, s, f7, p, E) {
      var S = U();
      try {
        M(e)(r, i, s, f7, p, E);
      } catch (C) {
        if (_(S), C !== C + 0) throw C;
        x(1, 0);
      }
    }
    function Sa(e, r, i, s, f7, p, E) {
      var S = U();
      try {
        M(e)(r, i, s, f7, p, E);
      } catch (C) {
        if (_(S), C !== C + 0) throw C;
        x(1, 0);
      }
    }
    function va(e, r, i, s, f7, p, E, S) {
      var C = U();
      try {
        M(e)(r, i, s, f7, p, E, S);
      } catch (R) {
        if (_(C), R !== R + 0) throw R;
        x(1, 0);
      }
    }
    function Aa(e, r, i, s, f7) {
      var p = U();
      try {
        return M(e)(r, i, s, f7);
      } catch (E) {
        if (_(p), E !== E + 0) throw E;
        x(1, 0);
      }
    }
    function Oa(e, r, i) {
      var s = U();
      try {
        return M(e)(r, i);
      } catch (f7) {
        if (_(s), f7 !== f7 + 0) throw f7;
        x(1, 0);
      }
    }
    function Ia(e, r, i, s, f7, p, E, S) {
      var C = U();
      try {
        M(e)(r, i, s, f7, p, E, S);
      } catch (R) {
        if (_(C), R !== R + 0) throw R;
        x(1, 0);
      }
    }
    function Ba(e, r, i, s, f7, p, E, S, C, R, X, le) {
      var we = U();
      try {
        M(e)(r, i, s, f7, p, E, S, C, R, X, le);
      } catch (be) {
        if (_(we), be !== be + 0) throw be;
        x(1, 0);
      }
    }
    function La(e, r, i) {
      var s = U();
      try {
        return M(e)(r, i);
      } catch (f7) {
        if (_(s), f7 !== f7 + 0) throw f7;
        return x(1, 0), 0n;
      }
    }
    function _a(e, r, i, s, f7, p, E, S, C) {
      var R = U();
      try {
        M(e)(r, i, s, f7, p, E, S, C);
      } catch (X) {
        if (_(R), X !== X + 0) throw X;
        x(1, 0);
      }
    }
    function Da(e) {
      var r = U();
      try {
        return M(e)();
      } catch (i) {
        if (_(r), i !== i + 0) throw i;
        x(1, 0);
      }
    }
    function Pa(e, r) {
      var i = U();
      try {
        return M(e)(r);
      } catch (s) {
        if (_(i), s !== s + 0) throw s;
        return x(1, 0), 0n;
      }
    }
    function Ua(e, r, i, s) {
      var f7 = U();
      try {
        return M(e)(r, i, s);
      } catch (p) {
        if (_(f7), p !== p + 0) throw p;
        x(1, 0);
      }
    }
    function xa(e) {
      var r = U();
      try {
        return M(e)();
      } catch (i) {
        if (_(r), i !== i + 0) throw i;
        return x(1, 0), 0n;
      }
    }
    function Ca(e, r, i, s) {
      var f7 = U();
      try {
        return M(e)(r, i, s);
      } catch (p) {
        if (_(f7), p !== p + 0) throw p;
        x(1, 0);
      }
    }
    function Ma(e, r, i, s, f7) {
      var p = U();
      try {
        return M(e)(r, i, s, f7);
      } catch (E) {
        if (_(p), E !== E + 0) throw E;
        x(1, 0);
      }
    }
    function Ra(e, r, i, s, f7, p) {
      var E = U();
      try {
        return M(e)(r, i, s, f7, p);
      } catch (S) {
        if (_(E), S !== S + 0) throw S;
        x(1, 0);
      }
    }
    function Fa(e, r, i, s, f7, p) {
      var E = U();
      try {
        return M(e)(r, i, s, f7, p);
      } catch (S) {
        if (_(E), S !== S + 0) throw S;
        x(1, 0);
      }
    }
    function Na(e, r, i, s, f7, p) {
      var E = U();
      try {
        return M(e)(r, i, s, f7, p);
      } catch (S) {
        if (_(E), S !== S + 0) throw S;
        x(1, 0);
      }
    }
    function ka(e, r, i, s, f7, p, E, S) {
      var C = U();
      try {
        return M(e)(r, i, s, f7, p, E, S);
      } catch (R) {
        if (_(C), R !== R + 0) throw R;
        x(1, 0);
      }
    }
    function Wa(e, r, i, s, f7) {
      var p = U();
      try {
        return M(e)(r, i, s, f7);
      } catch (E) {
        if (_(p), E !== E + 0) throw E;
        return x(1, 0), 0n;
      }
    }
    function Ga(e, r, i, s) {
      var f7 = U();
      try {
        return M(e)(r, i, s);
      } catch (p) {
        if (_(f7), p !== p + 0) throw p;
        x(1, 0);
      }
    }
    function $a(e, r, i, s) {
      var f7 = U();
      try {
        return M(e)(r, i, s);
      } catch (p) {
        if (_(f7), p !== p + 0) throw p;
        x(1, 0);
      }
    }
    function za(e, r, i, s, f7, p, E, S, C, R, X, le) {
      var we = U();
      try {
        return M(e)(r, i, s, f7, p, E, S, C, R, X, le);
      } catch (be) {
        if (_(we), be !== be + 0) throw be;
        x(1, 0);
      }
    }
    function Ha(e, r, i, s, f7, p, E, S, C, R, X) {
      var le = U();
      try {
        M(e)(r, i, s, f7, p, E, S, C, R, X);
      } catch (we) {
        if (_(le), we !== we + 0) throw we;
        x(1, 0);
      }
    }
    function ja(e, r, i, s, f7, p, E, S, C, R, X, le, we, be, Ja, Xa) {
      var Za = U();
      try {
        M(e)(r, i, s, f7, p, E, S, C, R, X, le, we, be, Ja, Xa);
      } catch (Yt) {
        if (_(Za), Yt !== Yt + 0) throw Yt;
        x(1, 0);
      }
    }
    function Va(e, r, i) {
      var s = U();
      try {
        return M(e)(r, i);
      } catch (f7) {
        if (_(s), f7 !== f7 + 0) throw f7;
        x(1, 0);
      }
    }
    function Ya(e, r, i) {
      var s = U();
      try {
        return M(e)(r, i);
      } catch (f7) {
        if (_(s), f7 !== f7 + 0) throw f7;
        x(1, 0);
      }
    }
    function qa(e, r, i, s) {
      var f7 = U();
      try {
        M(e)(r, i, s);
      } catch (p) {
        if (_(f7), p !== p + 0) throw p;
        x(1, 0);
      }
    }
    function it() {
      if (0 < Re) te = it;
      else if (o) T?.(t), he();
      else {
        for (var e = Ve; 0 < e.length; ) e.shift()(t);
        0 < Re ? te = it : (t.calledRun = true, P || (he(), T?.(t)));
      }
    }
    return o || (Ee = await Ut(), it()), t.PTR_SIZE = 4, je ? t : new Promise((e, r) => {
      T = e, I = r;
    });
  }
  var as;
  var ss;
  var Jr = N(() => {
    "use strict";
    as = Yr, ss = globalThis.self?.name?.startsWith("em-pthread");
    ss && Yr();
  });
  var Qr;
  var an;
  var is;
  var oe;
  var Kr;
  var on;
  var us;
  var fs;
  var eo;
  var cs;
  var Xr;
  var to;
  var Zr;
  var no;
  var pt = N(() => {
    "use strict";
    dt();
    Qr = typeof location > "u" ? void 0 : location.origin, an = self.location.href > "file:" && self.location.href < "file;", is = () => {
      if (true) {
        if (an) {
          let n = URL;
          return new URL(new n("ort.wasm.bundle.min.mjs", self.location.href).href, Qr).href;
        }
        return self.location.href;
      }
    }, oe = is(), Kr = () => {
      if (oe && !oe.startsWith("blob:")) return oe.substring(0, oe.lastIndexOf("/") + 1);
    }, on = (n, t) => {
      try {
        let a = t ?? oe;
        return (a ? new URL(n, a) : new URL(n)).origin === Qr;
      } catch {
        return false;
      }
    }, us = (n, t) => {
      let a = t ?? oe;
      try {
        return (a ? new URL(n, a) : new URL(n)).href;
      } catch {
        return;
      }
    }, fs = (n, t) => `${t ?? "./"}${n}`, eo = async (n) => {
      let a = await (await fetch(n, { credentials: "same-origin" })).blob();
      return URL.createObjectURL(a);
    }, cs = async (n) => (await import(
      /*webpackIgnore:true*/
      /*@vite-ignore*/
      n
    )).default, Xr = (Vr(), Xt(jr)).default, to = async () => {
      if (!oe) throw new Error("Failed to load proxy worker: cannot determine the script source URL.");
      if (on(oe)) return [void 0, Xr()];
      let n = await eo(oe);
      return [n, Xr(n)];
    }, Zr = (Jr(), Xt(qr)).default, no = async (n, t, a, u) => {
      let o = Zr && !(n || t);
      if (o) if (oe) o = on(oe) || u && !a;
      else if (u && !a) o = true;
      else throw new Error("cannot determine the script source URL.");
      if (o) return [void 0, Zr];
      {
        let d = "ort-wasm-simd-threaded.mjs", c = n ?? us(d, t), l = a && c && !on(c, t), m = l ? await eo(c) : c ?? fs(d, t);
        return [l ? m : void 0, await cs(m)];
      }
    };
  });
  var sn;
  var un;
  var St;
  var ro;
  var ls;
  var ds;
  var ps;
  var mt;
  var z;
  var xe = N(() => {
    "use strict";
    pt();
    un = false, St = false, ro = false, ls = () => {
      if (typeof SharedArrayBuffer > "u") return false;
      try {
        return typeof MessageChannel < "u" && new MessageChannel().port1.postMessage(new SharedArrayBuffer(1)), WebAssembly.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 4, 1, 3, 1, 1, 10, 11, 1, 9, 0, 65, 0, 254, 16, 2, 0, 26, 11]));
      } catch {
        return false;
      }
    }, ds = () => {
      try {
        return WebAssembly.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 30, 1, 28, 0, 65, 0, 253, 15, 253, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 253, 186, 1, 26, 11]));
      } catch {
        return false;
      }
    }, ps = () => {
      try {
        return WebAssembly.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 1, 253, 15, 65, 2, 253, 15, 65, 3, 253, 15, 253, 147, 2, 11]));
      } catch {
        return false;
      }
    }, mt = async (n) => {
      if (un) return Promise.resolve();
      if (St) throw new Error("multiple calls to 'initializeWebAssembly()' detected.");
      if (ro) throw new Error("previous call to 'initializeWebAssembly()' failed.");
      St = true;
      let t = n.initTimeout, a = n.numThreads;
      if (n.simd !== false) {
        if (n.simd === "relaxed") {
          if (!ps()) throw new Error("Relaxed WebAssembly SIMD is not supported in the current environment.");
        } else if (!ds()) throw new Error("WebAssembly SIMD is not supported in the current environment.");
      }
      let u = ls();
      a > 1 && !u && (typeof self < "u" && !self.crossOriginIsolated && console.warn("env.wasm.numThreads is set to " + a + ", but this will not work unless you enable crossOriginIsolated mode. See https://web.dev/cross-origin-isolation-guide/ for more info."), console.warn("WebAssembly multi-threading is not supported in the current environment. Falling back to single-threading."), n.numThreads = a = 1);
      let o = n.wasmPaths, d = typeof o == "string" ? o : void 0, c = o?.mjs, l = c?.href ?? c, m = o?.wasm, h = m?.href ?? m, g = n.wasmBinary, [b, y] = await no(l, d, a > 1, !!g || !!h), T = false, I = [];
      if (t > 0 && I.push(new Promise((D) => {
        setTimeout(() => {
          T = true, D();
        }, t);
      })), I.push(new Promise((D, $) => {
        let v = { numThreads: a };
        if (g) v.wasmBinary = g, v.locateFile = (A) => A;
        else if (h || d) v.locateFile = (A) => h ?? d + A;
        else if (l && l.indexOf("blob:") !== 0) v.locateFile = (A) => new URL(A, l).href;
        else if (b) {
          let A = Kr();
          A && (v.locateFile = (F) => A + F);
        }
        y(v).then((A) => {
          St = false, un = true, sn = A, D(), b && URL.revokeObjectURL(b);
        }, (A) => {
          St = false, ro = true, $(A);
        });
      })), await Promise.race(I), T) throw new Error(`WebAssembly backend initializing failed due to timeout: ${t}ms`);
    }, z = () => {
      if (un && sn) return sn;
      throw new Error("WebAssembly is not initialized yet.");
    };
  });
  var ae;
  var Qe;
  var G;
  var vt = N(() => {
    "use strict";
    xe();
    ae = (n, t) => {
      let a = z(), u = a.lengthBytesUTF8(n) + 1, o = a._malloc(u);
      return a.stringToUTF8(n, o, u), t.push(o), o;
    }, Qe = (n, t, a, u) => {
      if (typeof n == "object" && n !== null) {
        if (a.has(n)) throw new Error("Circular reference in options");
        a.add(n);
      }
      Object.entries(n).forEach(([o, d]) => {
        let c = t ? t + o : o;
        if (typeof d == "object") Qe(d, c + ".", a, u);
        else if (typeof d == "string" || typeof d == "number") u(c, d.toString());
        else if (typeof d == "boolean") u(c, d ? "1" : "0");
        else throw new Error(`Can't handle extra config type: ${typeof d}`);
      });
    }, G = (n) => {
      let t = z(), a = t.stackSave();
      try {
        let u = t.PTR_SIZE, o = t.stackAlloc(2 * u);
        t._OrtGetLastError(o, o + u);
        let d = Number(t.getValue(o, u === 4 ? "i32" : "i64")), c = t.getValue(o + u, "*"), l = c ? t.UTF8ToString(c) : "";
        throw new Error(`${n} ERROR_CODE: ${d}, ERROR_MESSAGE: ${l}`);
      } finally {
        t.stackRestore(a);
      }
    };
  });
  var oo;
  var ao = N(() => {
    "use strict";
    xe();
    vt();
    oo = (n) => {
      let t = z(), a = 0, u = [], o = n || {};
      try {
        if (n?.logSeverityLevel === void 0) o.logSeverityLevel = 2;
        else if (typeof n.logSeverityLevel != "number" || !Number.isInteger(n.logSeverityLevel) || n.logSeverityLevel < 0 || n.logSeverityLevel > 4) throw new Error(`log severity level is not valid: ${n.logSeverityLevel}`);
        if (n?.logVerbosityLevel === void 0) o.logVerbosityLevel = 0;
        else if (typeof n.logVerbosityLevel != "number" || !Number.isInteger(n.logVerbosityLevel)) throw new Error(`log verbosity level is not valid: ${n.logVerbosityLevel}`);
        n?.terminate === void 0 && (o.terminate = false);
        let d = 0;
        return n?.tag !== void 0 && (d = ae(n.tag, u)), a = t._OrtCreateRunOptions(o.logSeverityLevel, o.logVerbosityLevel, !!o.terminate, d), a === 0 && G("Can't create run options."), n?.extra !== void 0 && Qe(n.extra, "", /* @__PURE__ */ new WeakSet(), (c, l) => {
          let m = ae(c, u), h = ae(l, u);
          t._OrtAddRunConfigEntry(a, m, h) !== 0 && G(`Can't set a run config entry: ${c} - ${l}.`);
        }), [a, u];
      } catch (d) {
        throw a !== 0 && t._OrtReleaseRunOptions(a), u.forEach((c) => t._free(c)), d;
      }
    };
  });
  var ms;
  var hs;
  var ws;
  var ke;
  var bs;
  var so;
  var io = N(() => {
    "use strict";
    xe();
    vt();
    ms = (n) => {
      switch (n) {
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
          throw new Error(`unsupported graph optimization level: ${n}`);
      }
    }, hs = (n) => {
      switch (n) {
        case "sequential":
          return 0;
        case "parallel":
          return 1;
        default:
          throw new Error(`unsupported execution mode: ${n}`);
      }
    }, ws = (n) => {
      n.extra || (n.extra = {}), n.extra.session || (n.extra.session = {});
      let t = n.extra.session;
      t.use_ort_model_bytes_directly || (t.use_ort_model_bytes_directly = "1"), n.executionProviders && n.executionProviders.some((a) => (typeof a == "string" ? a : a.name) === "webgpu") && (n.enableMemPattern = false);
    }, ke = (n, t, a, u) => {
      let o = ae(t, u), d = ae(a, u);
      z()._OrtAddSessionConfigEntry(n, o, d) !== 0 && G(`Can't set a session config entry: ${t} - ${a}.`);
    }, bs = async (n, t, a) => {
      let u = t.executionProviders;
      for (let o of u) {
        let d = typeof o == "string" ? o : o.name, c = [];
        switch (d) {
          case "webnn":
            if (d = "WEBNN", ke(n, "session.disable_quant_qdq", "1", a), ke(n, "session.disable_qdq_constant_folding", "1", a), typeof o != "string") {
              let y = o?.deviceType;
              y && ke(n, "deviceType", y, a);
            }
            break;
          case "webgpu":
            if (d = "JS", typeof o != "string") {
              let b = o;
              if (b?.preferredLayout) {
                if (b.preferredLayout !== "NCHW" && b.preferredLayout !== "NHWC") throw new Error(`preferredLayout must be either 'NCHW' or 'NHWC': ${b.preferredLayout}`);
                ke(n, "preferredLayout", b.preferredLayout, a);
              }
            }
            break;
          case "wasm":
          case "cpu":
            continue;
          default:
            throw new Error(`not supported execution provider: ${d}`);
        }
        let l = ae(d, a), m = c.length, h = 0, g = 0;
        if (m > 0) {
          h = z()._malloc(m * z().PTR_SIZE), a.push(h), g = z()._malloc(m * z().PTR_SIZE), a.push(g);
          for (let b = 0; b < m; b++) z().setValue(h + b * z().PTR_SIZE, c[b][0], "*"), z().setValue(g + b * z().PTR_SIZE, c[b][1], "*");
        }
        await z()._OrtAppendExecutionProvider(n, l, h, g, m) !== 0 && G(`Can't append execution provider: ${d}.`);
      }
    }, so = async (n) => {
      let t = z(), a = 0, u = [], o = n || {};
      ws(o);
      try {
        let d = ms(o.graphOptimizationLevel ?? "all"), c = hs(o.executionMode ?? "sequential"), l = typeof o.logId == "string" ? ae(o.logId, u) : 0, m = o.logSeverityLevel ?? 2;
        if (!Number.isInteger(m) || m < 0 || m > 4) throw new Error(`log severity level is not valid: ${m}`);
        let h = o.logVerbosityLevel ?? 0;
        if (!Number.isInteger(h) || h < 0 || h > 4) throw new Error(`log verbosity level is not valid: ${h}`);
        let g = typeof o.optimizedModelFilePath == "string" ? ae(o.optimizedModelFilePath, u) : 0;
        if (a = t._OrtCreateSessionOptions(d, !!o.enableCpuMemArena, !!o.enableMemPattern, c, !!o.enableProfiling, 0, l, m, h, g), a === 0 && G("Can't create session options."), o.executionProviders && await bs(a, o, u), o.enableGraphCapture !== void 0) {
          if (typeof o.enableGraphCapture != "boolean") throw new Error(`enableGraphCapture must be a boolean value: ${o.enableGraphCapture}`);
          ke(a, "enableGraphCapture", o.enableGraphCapture.toString(), u);
        }
        if (o.freeDimensionOverrides) for (let [b, y] of Object.entries(o.freeDimensionOverrides)) {
          if (typeof b != "string") throw new Error(`free dimension override name must be a string: ${b}`);
          if (typeof y != "number" || !Number.isInteger(y) || y < 0) throw new Error(`free dimension override value must be a non-negative integer: ${y}`);
          let T = ae(b, u);
          t._OrtAddFreeDimensionOverride(a, T, y) !== 0 && G(`Can't set a free dimension override: ${b} - ${y}.`);
        }
        return o.extra !== void 0 && Qe(o.extra, "", /* @__PURE__ */ new WeakSet(), (b, y) => {
          ke(a, b, y, u);
        }), [a, u];
      } catch (d) {
        throw a !== 0 && t._OrtReleaseSessionOptions(a) !== 0 && G("Can't release session options."), u.forEach((c) => t._free(c)), d;
      }
    };
  });
  var We;
  var At;
  var Ge;
  var uo;
  var fo;
  var Ot;
  var It;
  var co;
  var fn = N(() => {
    "use strict";
    We = (n) => {
      switch (n) {
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
          throw new Error(`unsupported data type: ${n}`);
      }
    }, At = (n) => {
      switch (n) {
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
          throw new Error(`unsupported data type: ${n}`);
      }
    }, Ge = (n, t) => {
      let a = [-1, 4, 1, 1, 2, 2, 4, 8, -1, 1, 2, 8, 4, 8, -1, -1, -1, -1, -1, -1, -1, 0.5, 0.5][n], u = typeof t == "number" ? t : t.reduce((o, d) => o * d, 1);
      return a > 0 ? Math.ceil(u * a) : void 0;
    }, uo = (n) => {
      switch (n) {
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
          throw new Error(`unsupported type: ${n}`);
      }
    }, fo = (n) => {
      switch (n) {
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
          throw new Error(`unsupported logging level: ${n}`);
      }
    }, Ot = (n) => n === "float32" || n === "float16" || n === "int32" || n === "int64" || n === "uint32" || n === "uint8" || n === "bool" || n === "uint4" || n === "int4", It = (n) => n === "float32" || n === "float16" || n === "int32" || n === "int64" || n === "uint32" || n === "uint64" || n === "int8" || n === "uint8" || n === "bool" || n === "uint4" || n === "int4", co = (n) => {
      switch (n) {
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
          throw new Error(`unsupported data location: ${n}`);
      }
    };
  });
  var Ke;
  var cn = N(() => {
    "use strict";
    dt();
    Ke = async (n) => {
      if (typeof n == "string") if (false) try {
        let { readFile: t } = Jt("node:fs/promises");
        return new Uint8Array(await t(n));
      } catch (t) {
        if (t.code === "ERR_FS_FILE_TOO_LARGE") {
          let { createReadStream: a } = Jt("node:fs"), u = a(n), o = [];
          for await (let d of u) o.push(d);
          return new Uint8Array(Buffer.concat(o));
        }
        throw t;
      }
      else {
        let t = await fetch(n);
        if (!t.ok) throw new Error(`failed to load external data file: ${n}`);
        let a = t.headers.get("Content-Length"), u = a ? parseInt(a, 10) : 0;
        if (u < 1073741824) return new Uint8Array(await t.arrayBuffer());
        {
          if (!t.body) throw new Error(`failed to load external data file: ${n}, no response body.`);
          let o = t.body.getReader(), d;
          try {
            d = new ArrayBuffer(u);
          } catch (l) {
            if (l instanceof RangeError) {
              let m = Math.ceil(u / 65536);
              d = new WebAssembly.Memory({ initial: m, maximum: m }).buffer;
            } else throw l;
          }
          let c = 0;
          for (; ; ) {
            let { done: l, value: m } = await o.read();
            if (l) break;
            let h = m.byteLength;
            new Uint8Array(d, c, h).set(m), c += h;
          }
          return new Uint8Array(d, 0, u);
        }
      }
      else return n instanceof Blob ? new Uint8Array(await n.arrayBuffer()) : n instanceof Uint8Array ? n : new Uint8Array(n);
    };
  });
  var ys;
  var ht;
  var wt;
  var $e;
  var gs;
  var lo;
  var Ze;
  var bt;
  var yt;
  var po;
  var gt;
  var Et;
  var Tt;
  var rn = N(() => {
    "use strict";
    Te();
    ao();
    io();
    fn();
    xe();
    vt();
    cn();
    ys = (n, t) => {
      z()._OrtInit(n, t) !== 0 && G("Can't initialize onnxruntime.");
    }, ht = async (n) => {
      ys(n.wasm.numThreads, fo(n.logLevel));
    }, wt = async (n, t) => {
      z().asyncInit?.();
      let a = n.webgpu.adapter;
      if (t === "webgpu") {
        if (typeof navigator > "u" || !navigator.gpu) throw new Error("WebGPU is not supported in current environment");
        if (a) {
          if (typeof a.limits != "object" || typeof a.features != "object" || typeof a.requestDevice != "function") throw new Error("Invalid GPU adapter set in `env.webgpu.adapter`. It must be a GPUAdapter object.");
        } else {
          let u = n.webgpu.powerPreference;
          if (u !== void 0 && u !== "low-power" && u !== "high-performance") throw new Error(`Invalid powerPreference setting: "${u}"`);
          let o = n.webgpu.forceFallbackAdapter;
          if (o !== void 0 && typeof o != "boolean") throw new Error(`Invalid forceFallbackAdapter setting: "${o}"`);
          if (a = await navigator.gpu.requestAdapter({ powerPreference: u, forceFallbackAdapter: o }), !a) throw new Error('Failed to get GPU adapter. You may need to enable flag "--enable-unsafe-webgpu" if you are using Chrome.');
        }
      }
      if (t === "webnn" && (typeof navigator > "u" || !navigator.ml)) throw new Error("WebNN is not supported in current environment");
    }, $e = /* @__PURE__ */ new Map(), gs = (n) => {
      let t = z(), a = t.stackSave();
      try {
        let u = t.PTR_SIZE, o = t.stackAlloc(2 * u);
        t._OrtGetInputOutputCount(n, o, o + u) !== 0 && G("Can't get session input/output count.");
        let c = u === 4 ? "i32" : "i64";
        return [Number(t.getValue(o, c)), Number(t.getValue(o + u, c))];
      } finally {
        t.stackRestore(a);
      }
    }, lo = (n, t) => {
      let a = z(), u = a.stackSave(), o = 0;
      try {
        let d = a.PTR_SIZE, c = a.stackAlloc(2 * d);
        a._OrtGetInputOutputMetadata(n, t, c, c + d) !== 0 && G("Can't get session input/output metadata.");
        let m = Number(a.getValue(c, "*"));
        o = Number(a.getValue(c + d, "*"));
        let h = a.HEAP32[o / 4];
        if (h === 0) return [m, 0];
        let g = a.HEAPU32[o / 4 + 1], b = [];
        for (let y = 0; y < g; y++) {
          let T = Number(a.getValue(o + 8 + y * d, "*"));
          b.push(T !== 0 ? a.UTF8ToString(T) : Number(a.getValue(o + 8 + (y + g) * d, "*")));
        }
        return [m, h, b];
      } finally {
        a.stackRestore(u), o !== 0 && a._OrtFree(o);
      }
    }, Ze = (n) => {
      let t = z(), a = t._malloc(n.byteLength);
      if (a === 0) throw new Error(`Can't create a session. failed to allocate a buffer of size ${n.byteLength}.`);
      return t.HEAPU8.set(n, a), [a, n.byteLength];
    }, bt = async (n, t) => {
      let a, u, o = z();
      Array.isArray(n) ? [a, u] = n : n.buffer === o.HEAPU8.buffer ? [a, u] = [n.byteOffset, n.byteLength] : [a, u] = Ze(n);
      let d = 0, c = 0, l = 0, m = [], h = [], g = [];
      try {
        if ([c, m] = await so(t), t?.externalData && o.mountExternalData) {
          let P = [];
          for (let k of t.externalData) {
            let w = typeof k == "string" ? k : k.path, Q = typeof k == "string" ? k : k.data;
            P.push(Ke(Q).then((H) => {
              o.mountExternalData(w, H);
            }));
          }
          await Promise.all(P);
        }
        for (let P of t?.executionProviders ?? []) if ((typeof P == "string" ? P : P.name) === "webnn") {
          if (o.shouldTransferToMLTensor = false, typeof P != "string") {
            let w = P, Q = w?.context, H = w?.gpuDevice, ne = w?.deviceType, pe = w?.powerPreference;
            Q ? o.currentContext = Q : H ? o.currentContext = await o.webnnCreateMLContext(H) : o.currentContext = await o.webnnCreateMLContext({ deviceType: ne, powerPreference: pe });
          } else o.currentContext = await o.webnnCreateMLContext();
          break;
        }
        d = await o._OrtCreateSession(a, u, c), o.webgpuOnCreateSession?.(d), d === 0 && G("Can't create a session."), o.jsepOnCreateSession?.(), o.currentContext && (o.webnnRegisterMLContext(d, o.currentContext), o.currentContext = void 0, o.shouldTransferToMLTensor = true);
        let [b, y] = gs(d), T = !!t?.enableGraphCapture, I = [], D = [], $ = [], v = [], A = [];
        for (let P = 0; P < b; P++) {
          let [k, w, Q] = lo(d, P);
          k === 0 && G("Can't get an input name."), h.push(k);
          let H = o.UTF8ToString(k);
          I.push(H), $.push(w === 0 ? { name: H, isTensor: false } : { name: H, isTensor: true, type: At(w), shape: Q });
        }
        for (let P = 0; P < y; P++) {
          let [k, w, Q] = lo(d, P + b);
          k === 0 && G("Can't get an output name."), g.push(k);
          let H = o.UTF8ToString(k);
          D.push(H), v.push(w === 0 ? { name: H, isTensor: false } : { name: H, isTensor: true, type: At(w), shape: Q });
        }
        return $e.set(d, [d, h, g, null, T, false]), [d, I, D, $, v];
      } catch (b) {
        throw h.forEach((y) => o._OrtFree(y)), g.forEach((y) => o._OrtFree(y)), l !== 0 && o._OrtReleaseBinding(l) !== 0 && G("Can't release IO binding."), d !== 0 && o._OrtReleaseSession(d) !== 0 && G("Can't release session."), b;
      } finally {
        o._free(a), c !== 0 && o._OrtReleaseSessionOptions(c) !== 0 && G("Can't release session options."), m.forEach((b) => o._free(b)), o.unmountExternalData?.();
      }
    }, yt = (n) => {
      let t = z(), a = $e.get(n);
      if (!a) throw new Error(`cannot release session. invalid session id: ${n}`);
      let [u, o, d, c, l] = a;
      c && (l && t._OrtClearBoundOutputs(c.handle) !== 0 && G("Can't clear bound outputs."), t._OrtReleaseBinding(c.handle) !== 0 && G("Can't release IO binding.")), t.jsepOnReleaseSession?.(n), t.webnnOnReleaseSession?.(n), t.webgpuOnReleaseSession?.(n), o.forEach((m) => t._OrtFree(m)), d.forEach((m) => t._OrtFree(m)), t._OrtReleaseSession(u) !== 0 && G("Can't release session."), $e.delete(n);
    }, po = async (n, t, a, u, o, d, c = false) => {
      if (!n) {
        t.push(0);
        return;
      }
      let l = z(), m = l.PTR_SIZE, h = n[0], g = n[1], b = n[3], y = b, T, I;
      if (h === "string" && (b === "gpu-buffer" || b === "ml-tensor")) throw new Error("String tensor is not supported on GPU.");
      if (c && b !== "gpu-buffer") throw new Error(`External buffer must be provided for input/output index ${d} when enableGraphCapture is true.`);
      if (b === "gpu-buffer") {
        let v = n[2].gpuBuffer;
        I = Ge(We(h), g);
        {
          let A = l.jsepRegisterBuffer;
          if (!A) throw new Error('Tensor location "gpu-buffer" is not supported without using WebGPU.');
          T = A(u, d, v, I);
        }
      } else if (b === "ml-tensor") {
        let v = n[2].mlTensor;
        I = Ge(We(h), g);
        let A = l.webnnRegisterMLTensor;
        if (!A) throw new Error('Tensor location "ml-tensor" is not supported without using WebNN.');
        T = A(u, v, We(h), g);
      } else {
        let v = n[2];
        if (Array.isArray(v)) {
          I = m * v.length, T = l._malloc(I), a.push(T);
          for (let A = 0; A < v.length; A++) {
            if (typeof v[A] != "string") throw new TypeError(`tensor data at index ${A} is not a string`);
            l.setValue(T + A * m, ae(v[A], a), "*");
          }
        } else {
          let A = l.webnnIsGraphInput, F = l.webnnIsGraphOutput;
          if (h !== "string" && A && F) {
            let P = l.UTF8ToString(o);
            if (A(u, P) || F(u, P)) {
              let k = We(h);
              I = Ge(k, g), y = "ml-tensor";
              let w = l.webnnCreateTemporaryTensor, Q = l.webnnUploadTensor;
              if (!w || !Q) throw new Error('Tensor location "ml-tensor" is not supported without using WebNN.');
              let H = await w(u, k, g);
              Q(H, new Uint8Array(v.buffer, v.byteOffset, v.byteLength)), T = H;
            } else I = v.byteLength, T = l._malloc(I), a.push(T), l.HEAPU8.set(new Uint8Array(v.buffer, v.byteOffset, I), T);
          } else I = v.byteLength, T = l._malloc(I), a.push(T), l.HEAPU8.set(new Uint8Array(v.buffer, v.byteOffset, I), T);
        }
      }
      let D = l.stackSave(), $ = l.stackAlloc(4 * g.length);
      try {
        g.forEach((A, F) => l.setValue($ + F * m, A, m === 4 ? "i32" : "i64"));
        let v = l._OrtCreateTensor(We(h), T, I, $, g.length, co(y));
        v === 0 && G(`Can't create tensor for input/output. session=${u}, index=${d}.`), t.push(v);
      } finally {
        l.stackRestore(D);
      }
    }, gt = async (n, t, a, u, o, d) => {
      let c = z(), l = c.PTR_SIZE, m = $e.get(n);
      if (!m) throw new Error(`cannot run inference. invalid session id: ${n}`);
      let h = m[0], g = m[1], b = m[2], y = m[3], T = m[4], I = m[5], D = t.length, $ = u.length, v = 0, A = [], F = [], P = [], k = [], w = [], Q = c.stackSave(), H = c.stackAlloc(D * l), ne = c.stackAlloc(D * l), pe = c.stackAlloc($ * l), B = c.stackAlloc($ * l);
      try {
        [v, A] = oo(d), Pe("wasm prepareInputOutputTensor");
        for (let O = 0; O < D; O++) await po(a[O], F, k, n, g[t[O]], t[O], T);
        for (let O = 0; O < $; O++) await po(o[O], P, k, n, b[u[O]], D + u[O], T);
        Ue("wasm prepareInputOutputTensor");
        for (let O = 0; O < D; O++) c.setValue(H + O * l, F[O], "*"), c.setValue(ne + O * l, g[t[O]], "*");
        for (let O = 0; O < $; O++) c.setValue(pe + O * l, P[O], "*"), c.setValue(B + O * l, b[u[O]], "*");
        c.jsepOnRunStart?.(h), c.webnnOnRunStart?.(h);
        let W;
        W = await c._OrtRun(h, ne, H, D, B, $, pe, v), W !== 0 && G("failed to call OrtRun().");
        let re = [], me = [];
        Pe("wasm ProcessOutputTensor");
        for (let O = 0; O < $; O++) {
          let K = Number(c.getValue(pe + O * l, "*"));
          if (K === P[O] || w.includes(P[O])) {
            re.push(o[O]), K !== P[O] && c._OrtReleaseTensor(K) !== 0 && G("Can't release tensor.");
            continue;
          }
          let je = c.stackSave(), ee = c.stackAlloc(4 * l), he = false, j, J = 0;
          try {
            c._OrtGetTensorData(K, ee, ee + l, ee + 2 * l, ee + 3 * l) !== 0 && G(`Can't access output tensor data on index ${O}.`);
            let Se = l === 4 ? "i32" : "i64", ve = Number(c.getValue(ee, Se));
            J = c.getValue(ee + l, "*");
            let Ve = c.getValue(ee + l * 2, "*"), Re = Number(c.getValue(ee + l * 3, Se)), te = [];
            for (let L = 0; L < Re; L++) te.push(Number(c.getValue(Ve + L * l, Se)));
            c._OrtFree(Ve) !== 0 && G("Can't free memory for tensor dims.");
            let ue = te.reduce((L, V) => L * V, 1);
            j = At(ve);
            let se = y?.outputPreferredLocations[u[O]];
            if (j === "string") {
              if (se === "gpu-buffer" || se === "ml-tensor") throw new Error("String tensor is not supported on GPU.");
              let L = [];
              for (let V = 0; V < ue; V++) {
                let fe = c.getValue(J + V * l, "*"), ye = c.getValue(J + (V + 1) * l, "*"), ce = V === ue - 1 ? void 0 : ye - fe;
                L.push(c.UTF8ToString(fe, ce));
              }
              re.push([j, te, L, "cpu"]);
            } else if (se === "gpu-buffer" && ue > 0) {
              let L = c.jsepGetBuffer;
              if (!L) throw new Error('preferredLocation "gpu-buffer" is not supported without using WebGPU.');
              let V = L(J), fe = Ge(ve, ue);
              if (fe === void 0 || !Ot(j)) throw new Error(`Unsupported data type: ${j}`);
              he = true, re.push([j, te, { gpuBuffer: V, download: c.jsepCreateDownloader(V, fe, j), dispose: () => {
                c._OrtReleaseTensor(K) !== 0 && G("Can't release tensor.");
              } }, "gpu-buffer"]);
            } else if (se === "ml-tensor" && ue > 0) {
              let L = c.webnnEnsureTensor, V = c.webnnIsGraphInputOutputTypeSupported;
              if (!L || !V) throw new Error('preferredLocation "ml-tensor" is not supported without using WebNN.');
              if (Ge(ve, ue) === void 0 || !It(j)) throw new Error(`Unsupported data type: ${j}`);
              if (!V(n, j, false)) throw new Error(`preferredLocation "ml-tensor" for ${j} output is not supported by current WebNN Context.`);
              let ye = await L(n, J, ve, te, false);
              he = true, re.push([j, te, { mlTensor: ye, download: c.webnnCreateMLTensorDownloader(J, j), dispose: () => {
                c.webnnReleaseTensorId(J), c._OrtReleaseTensor(K);
              } }, "ml-tensor"]);
            } else if (se === "ml-tensor-cpu-output" && ue > 0) {
              let L = c.webnnCreateMLTensorDownloader(J, j)(), V = re.length;
              he = true, me.push((async () => {
                let fe = [V, await L];
                return c.webnnReleaseTensorId(J), c._OrtReleaseTensor(K), fe;
              })()), re.push([j, te, [], "cpu"]);
            } else {
              let L = uo(j), V = new L(ue);
              new Uint8Array(V.buffer, V.byteOffset, V.byteLength).set(c.HEAPU8.subarray(J, J + V.byteLength)), re.push([j, te, V, "cpu"]);
            }
          } finally {
            c.stackRestore(je), j === "string" && J && c._free(J), he || c._OrtReleaseTensor(K);
          }
        }
        y && !T && (c._OrtClearBoundOutputs(y.handle) !== 0 && G("Can't clear bound outputs."), $e.set(n, [h, g, b, y, T, false]));
        for (let [O, K] of await Promise.all(me)) re[O][2] = K;
        return Ue("wasm ProcessOutputTensor"), re;
      } finally {
        c.webnnOnRunEnd?.(h), c.stackRestore(Q), F.forEach((W) => c._OrtReleaseTensor(W)), P.forEach((W) => c._OrtReleaseTensor(W)), k.forEach((W) => c._free(W)), v !== 0 && c._OrtReleaseRunOptions(v), A.forEach((W) => c._free(W));
      }
    }, Et = (n) => {
      let t = z(), a = $e.get(n);
      if (!a) throw new Error("invalid session id");
      let u = a[0], o = t._OrtEndProfiling(u);
      o === 0 && G("Can't get an profile file name."), t._OrtFree(o);
    }, Tt = (n) => {
      let t = [];
      for (let a of n) {
        let u = a[2];
        !Array.isArray(u) && "buffer" in u && t.push(u.buffer);
      }
      return t;
    };
  });
  var Me;
  var ie;
  var et;
  var Lt;
  var _t;
  var Bt;
  var ln;
  var dn;
  var ze;
  var He;
  var Ts;
  var mo;
  var ho;
  var wo;
  var bo;
  var yo;
  var go;
  var Eo;
  var pn = N(() => {
    "use strict";
    Te();
    rn();
    xe();
    pt();
    Me = () => !!Y.wasm.proxy && typeof document < "u", et = false, Lt = false, _t = false, dn = /* @__PURE__ */ new Map(), ze = (n, t) => {
      let a = dn.get(n);
      a ? a.push(t) : dn.set(n, [t]);
    }, He = () => {
      if (et || !Lt || _t || !ie) throw new Error("worker not ready");
    }, Ts = (n) => {
      switch (n.data.type) {
        case "init-wasm":
          et = false, n.data.err ? (_t = true, ln[1](n.data.err)) : (Lt = true, ln[0]()), Bt && (URL.revokeObjectURL(Bt), Bt = void 0);
          break;
        case "init-ep":
        case "copy-from":
        case "create":
        case "release":
        case "run":
        case "end-profiling": {
          let t = dn.get(n.data.type);
          n.data.err ? t.shift()[1](n.data.err) : t.shift()[0](n.data.out);
          break;
        }
        default:
      }
    }, mo = async () => {
      if (!Lt) {
        if (et) throw new Error("multiple calls to 'initWasm()' detected.");
        if (_t) throw new Error("previous call to 'initWasm()' failed.");
        if (et = true, Me()) return new Promise((n, t) => {
          ie?.terminate(), to().then(([a, u]) => {
            try {
              ie = u, ie.onerror = (d) => t(d), ie.onmessage = Ts, ln = [n, t];
              let o = { type: "init-wasm", in: Y };
              !o.in.wasm.wasmPaths && (a || an) && (o.in.wasm.wasmPaths = { wasm: new URL("ort-wasm-simd-threaded.wasm", self.location.href).href }), ie.postMessage(o), Bt = a;
            } catch (o) {
              t(o);
            }
          }, t);
        });
        try {
          await mt(Y.wasm), await ht(Y), Lt = true;
        } catch (n) {
          throw _t = true, n;
        } finally {
          et = false;
        }
      }
    }, ho = async (n) => {
      if (Me()) return He(), new Promise((t, a) => {
        ze("init-ep", [t, a]);
        let u = { type: "init-ep", in: { epName: n, env: Y } };
        ie.postMessage(u);
      });
      await wt(Y, n);
    }, wo = async (n) => Me() ? (He(), new Promise((t, a) => {
      ze("copy-from", [t, a]);
      let u = { type: "copy-from", in: { buffer: n } };
      ie.postMessage(u, [n.buffer]);
    })) : Ze(n), bo = async (n, t) => {
      if (Me()) {
        if (t?.preferredOutputLocation) throw new Error('session option "preferredOutputLocation" is not supported for proxy.');
        return He(), new Promise((a, u) => {
          ze("create", [a, u]);
          let o = { type: "create", in: { model: n, options: { ...t } } }, d = [];
          n instanceof Uint8Array && d.push(n.buffer), ie.postMessage(o, d);
        });
      } else return bt(n, t);
    }, yo = async (n) => {
      if (Me()) return He(), new Promise((t, a) => {
        ze("release", [t, a]);
        let u = { type: "release", in: n };
        ie.postMessage(u);
      });
      yt(n);
    }, go = async (n, t, a, u, o, d) => {
      if (Me()) {
        if (a.some((c) => c[3] !== "cpu")) throw new Error("input tensor on GPU is not supported for proxy.");
        if (o.some((c) => c)) throw new Error("pre-allocated output tensor is not supported for proxy.");
        return He(), new Promise((c, l) => {
          ze("run", [c, l]);
          let m = a, h = { type: "run", in: { sessionId: n, inputIndices: t, inputs: m, outputIndices: u, options: d } };
          ie.postMessage(h, Tt(m));
        });
      } else return gt(n, t, a, u, o, d);
    }, Eo = async (n) => {
      if (Me()) return He(), new Promise((t, a) => {
        ze("end-profiling", [t, a]);
        let u = { type: "end-profiling", in: n };
        ie.postMessage(u);
      });
      Et(n);
    };
  });
  var To;
  var Ss;
  var Dt;
  var So = N(() => {
    "use strict";
    Te();
    pn();
    fn();
    dt();
    cn();
    To = (n, t) => {
      switch (n.location) {
        case "cpu":
          return [n.type, n.dims, n.data, "cpu"];
        case "gpu-buffer":
          return [n.type, n.dims, { gpuBuffer: n.gpuBuffer }, "gpu-buffer"];
        case "ml-tensor":
          return [n.type, n.dims, { mlTensor: n.mlTensor }, "ml-tensor"];
        default:
          throw new Error(`invalid data location: ${n.location} for ${t()}`);
      }
    }, Ss = (n) => {
      switch (n[3]) {
        case "cpu":
          return new de(n[0], n[2], n[1]);
        case "gpu-buffer": {
          let t = n[0];
          if (!Ot(t)) throw new Error(`not supported data type: ${t} for deserializing GPU tensor`);
          let { gpuBuffer: a, download: u, dispose: o } = n[2];
          return de.fromGpuBuffer(a, { dataType: t, dims: n[1], download: u, dispose: o });
        }
        case "ml-tensor": {
          let t = n[0];
          if (!It(t)) throw new Error(`not supported data type: ${t} for deserializing MLTensor tensor`);
          let { mlTensor: a, download: u, dispose: o } = n[2];
          return de.fromMLTensor(a, { dataType: t, dims: n[1], download: u, dispose: o });
        }
        default:
          throw new Error(`invalid data location: ${n[3]}`);
      }
    }, Dt = class {
      async fetchModelAndCopyToWasmMemory(t) {
        return wo(await Ke(t));
      }
      async loadModel(t, a) {
        _e();
        let u;
        typeof t == "string" ? u = await this.fetchModelAndCopyToWasmMemory(t) : u = t, [this.sessionId, this.inputNames, this.outputNames, this.inputMetadata, this.outputMetadata] = await bo(u, a), De();
      }
      async dispose() {
        return yo(this.sessionId);
      }
      async run(t, a, u) {
        _e();
        let o = [], d = [];
        Object.entries(t).forEach((y) => {
          let T = y[0], I = y[1], D = this.inputNames.indexOf(T);
          if (D === -1) throw new Error(`invalid input '${T}'`);
          o.push(I), d.push(D);
        });
        let c = [], l = [];
        Object.entries(a).forEach((y) => {
          let T = y[0], I = y[1], D = this.outputNames.indexOf(T);
          if (D === -1) throw new Error(`invalid output '${T}'`);
          c.push(I), l.push(D);
        });
        let m = o.map((y, T) => To(y, () => `input "${this.inputNames[d[T]]}"`)), h = c.map((y, T) => y ? To(y, () => `output "${this.outputNames[l[T]]}"`) : null), g = await go(this.sessionId, d, m, l, h, u), b = {};
        for (let y = 0; y < g.length; y++) b[this.outputNames[l[y]]] = c[y] ?? Ss(g[y]);
        return De(), b;
      }
      startProfiling() {
      }
      endProfiling() {
        Eo(this.sessionId);
      }
    };
  });
  var Ao = {};
  ut(Ao, { OnnxruntimeWebAssemblyBackend: () => Pt, initializeFlags: () => vo, wasmBackend: () => vs });
  var vo;
  var Pt;
  var vs;
  var Oo = N(() => {
    "use strict";
    Te();
    pn();
    So();
    vo = () => {
      (typeof Y.wasm.initTimeout != "number" || Y.wasm.initTimeout < 0) && (Y.wasm.initTimeout = 0);
      let n = Y.wasm.simd;
      if (typeof n != "boolean" && n !== void 0 && n !== "fixed" && n !== "relaxed" && (console.warn(`Property "env.wasm.simd" is set to unknown value "${n}". Reset it to \`false\` and ignore SIMD feature checking.`), Y.wasm.simd = false), typeof Y.wasm.proxy != "boolean" && (Y.wasm.proxy = false), typeof Y.wasm.trace != "boolean" && (Y.wasm.trace = false), typeof Y.wasm.numThreads != "number" || !Number.isInteger(Y.wasm.numThreads) || Y.wasm.numThreads <= 0) if (typeof self < "u" && !self.crossOriginIsolated) Y.wasm.numThreads = 1;
      else {
        let t = typeof navigator > "u" ? Jt("node:os").cpus().length : navigator.hardwareConcurrency;
        Y.wasm.numThreads = Math.min(4, Math.ceil((t || 1) / 2));
      }
    }, Pt = class {
      async init(t) {
        vo(), await mo(), await ho(t);
      }
      async createInferenceSessionHandler(t, a) {
        let u = new Dt();
        return await u.loadModel(t, a), u;
      }
    }, vs = new Pt();
  });
  Te();
  Te();
  Te();
  var $r = "1.30.0";
  var iu = nn;
  {
    let n = (Oo(), Xt(Ao)).wasmBackend;
    Je("cpu", n, 10), Je("wasm", n, 10);
  }
  Object.defineProperty(Y.versions, "web", { value: $r, enumerable: true });

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
  function resize2(levels, from, to2, resizer) {
    if (from[0] === to2[0] && from[1] === to2[1]) return levels;
    const rule = { skimage: bySkimage, torch: byTorch, pillow: byPillow, opencv: byOpencv }[resizer];
    const made = rule(levels, from, to2);
    return new /** @type {new (made: ArrayLike<number>) => T} */
    levels.constructor(made);
  }
  function bySkimage(levels, from, to2) {
    const [rows, columns] = [taps(from[0], to2[0]), taps(from[1], to2[1])];
    const [least, most] = limitsOf(levels);
    const made = new Float64Array(to2[0] * to2[1] * CHANNELS);
    let lowest = Infinity;
    let at = 0;
    for (let y = 0; y < to2[0]; y++) {
      for (let x = 0; x < to2[1]; x++) {
        for (let channel = 0; channel < CHANNELS; channel++) {
          let sum = 0;
          for (const [row, down] of rows[y]) {
            for (const [column, across] of columns[x]) {
              sum += levels[(row * from[1] + column) * CHANNELS + channel] * down * across;
            }
          }
          made[at++] = sum;
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
  function taps(from, to2) {
    return Array.from({ length: to2 }, (_, i) => {
      const place = (i + 0.5) * (from / to2) - 0.5;
      const low = Math.floor(place);
      const both = [
        [low, 1 - (place - low)],
        [low + 1, place - low]
      ];
      return both.filter(([index]) => index >= 0 && index < from);
    });
  }
  function byTorch(levels, from, to2) {
    const [rows, columns] = [line(from[0], to2[0]), line(from[1], to2[1])];
    const width = to2[1] * CHANNELS;
    const wide = new Float64Array(from[0] * width);
    let at = 0;
    for (let y = 0; y < from[0]; y++) {
      for (const { low, high, share } of columns) {
        const [left, right] = [low, high].map((column) => (y * from[1] + column) * CHANNELS);
        for (let channel = 0; channel < CHANNELS; channel++) {
          wide[at++] = levels[left + channel] * (1 - share) + levels[right + channel] * share;
        }
      }
    }
    const made = new Float64Array(to2[0] * width);
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
  function byPillow(levels, from, to2) {
    const wide = alongAxis(levels, from[0], covers(from[1], to2[1]), CHANNELS);
    return alongAxis(wide, 1, covers(from[0], to2[0]), to2[1] * CHANNELS);
  }
  function alongAxis(levels, before, { source, covers: line2 }, inside) {
    const made = new Uint8Array(before * line2.length * inside);
    let at = 0;
    for (let row = 0; row < before; row++) {
      for (const { first, weights } of line2) {
        const start = (row * source + first) * inside;
        for (let i = 0; i < inside; i++) {
          let sum = 1 << PILLOW_BITS - 1;
          for (let k = 0; k < weights.length; k++) sum += levels[start + k * inside + i] * weights[k];
          made[at++] = sum >> PILLOW_BITS;
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
  function byOpencv(levels, from, to2) {
    if (from[0] === 2 * to2[0] && from[1] === 2 * to2[1]) return halved(levels, to2);
    const width = to2[1] * CHANNELS;
    const wide = new Int32Array(from[0] * width);
    const columns = stepped(from[1], to2[1], true);
    let at = 0;
    for (let y = 0; y < from[0]; y++) {
      for (const { low, high, weights } of columns) {
        const [left, right] = [low, high].map((column) => (y * from[1] + column) * CHANNELS);
        for (let channel = 0; channel < CHANNELS; channel++) {
          wide[at++] = levels[left + channel] * weights[0] + levels[right + channel] * weights[1] >> 4;
        }
      }
    }
    const made = new Uint8Array(to2[0] * width);
    for (const [y, { low, high, weights }] of stepped(from[0], to2[0], false).entries()) {
      for (let i = 0; i < width; i++) {
        const above = wide[low * width + i] * weights[0] >> 16;
        const below = wide[high * width + i] * weights[1] >> 16;
        made[y * width + i] = above + below + 2 >> 2;
      }
    }
    return made;
  }
  function halved(levels, to2) {
    const width = to2[1] * CHANNELS;
    return Uint8Array.from({ length: to2[0] * width }, (_, i) => {
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
    let at = 0;
    for (const [place, [rows, columns]] of grids.entries()) {
      const step = strides[place] * spacing;
      const [down, across] = stride_of_grid ? [Math.floor(shape[0] / rows), Math.floor(shape[1] / columns)] : [step, step];
      for (let cell = 0; cell < rows * columns; cell++) {
        const y = (Math.floor(cell / columns) + offset) * down;
        const x = (cell % columns + offset) * across;
        for (const [kind, [h, w]] of halves[place].entries()) {
          boxes.set([y - h, x - w, y + h, x + w], 4 * at);
          level[at] = levels[place];
          ratio[at++] = ratios[kind];
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
    let at = 0;
    for (const row of rows) {
      line2.fill(0);
      for (const [cell, weight] of row) {
        for (let x = 0; x < width; x++) line2[x] = f3(line2[x] + f3(weight * grid[cell * width + x]));
      }
      for (const column of columns) {
        let sum = 0;
        for (const [cell, weight] of column) sum = f3(sum + f3(line2[cell] * weight));
        bits[at++] = Math.max(sum, least) >= threshold ? 1 : 0;
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
    let at = 0;
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) act(y, x, bits[at++]);
  }
  function compose({ rgb, size }, crops, { palette, alpha }) {
    const composed = new Float32Array(rgb);
    for (let row = crops.length - 1; row >= 0; row--) {
      const colour = palette[row % palette.length].map((level) => f3(f3(alpha) * level));
      eachOf(crops[row], (y, x, bit) => {
        if (!bit) return;
        const at = 3 * (y * size[1] + x);
        for (let i = 0; i < 3; i++) composed[at + i] = f3(f3(f3(1 - alpha) * composed[at + i]) + colour[i]);
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
      const at = from ? from.row : next++;
      values.set(source.values.subarray(at * size, (at + 1) * size), row * size);
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
  function overlap(a, i, b, j, corner) {
    const f7 = Math.fround;
    const side = (boxes, row, axis) => Math.max(f7(f7(boxes[4 * row + axis + 2] - boxes[4 * row + axis]) - corner), 0);
    const shared = (axis) => Math.max(
      f7(f7(Math.min(a[4 * i + axis + 2], b[4 * j + axis + 2]) - Math.max(a[4 * i + axis], b[4 * j + axis])) - corner),
      0
    );
    const both = f7(shared(0) * shared(1));
    if (!(both > 0)) return 0;
    const union = f7(f7(f7(side(a, i, 0) * side(a, i, 1)) + f7(side(b, j, 0) * side(b, j, 1))) - both);
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
    const side = (at) => f4(f4(boxes[at + 2] - boxes[at]) - corner);
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
    for (let at = 0; at < anchors.length; at += 4) refine(anchors, deltas.values, at, made, limits, manifest);
    refinedBy.set(deltas, made);
    return made;
  }
  function limitsOf2(tensors, { refining }) {
    if (refining.clip_to_window) return known(tensors, "molding.window").values;
    const [height, width] = known(tensors, "molding.image").shape;
    return [0, 0, height, width];
  }
  function refine(anchors, deltas, at, made, limits, { corner, rules, refining }) {
    for (const axis of [0, 1]) {
      const start = anchors[at + axis];
      const side = f6(f6(anchors[at + axis + 2] - start) - corner);
      const shift = f6(deltas[at + axis] * f6(rules.rpn_std[axis]));
      let scale = f6(deltas[at + axis + 2] * f6(rules.rpn_std[axis + 2]));
      if (refining.most !== null) scale = Math.min(scale, refining.most);
      if (refining.least !== null) scale = Math.max(scale, refining.least);
      const centre = f6(f6(start + f6(0.5 * side)) + f6(shift * side));
      const length = f6(side * f6(Math.exp(scale)));
      const first = f6(centre - f6(0.5 * length));
      const last = f6(f6(first + length) + corner);
      made[at + axis] = Math.max(Math.min(first, f6(limits[axis + 2] - corner)), limits[axis]);
      made[at + axis + 2] = Math.max(Math.min(last, limits[axis + 2]), f6(limits[axis] + corner));
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
    const [{ manifest }, at] = [have(model), have(run)];
    const [runPart, still] = [partOf(have(model)), watchSearch(at)];
    let latest = { key: "", run: at };
    return findSettingChange(at, manifest, supposed(at, manifest, box), async (settings) => {
      const key = JSON.stringify(settings);
      if (key === latest.key) return latest.run;
      const former = [have(base), latest.run, at];
      const made = runAgain(manifest, former, { ...at.settings, ...settings }, runPart, still);
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
  function watchSearch(at) {
    search += 1;
    const [mine, wanted] = [search, turn];
    return async () => {
      await questions();
      if (mine !== search || wanted !== turn || at !== run) throw new Cancelled("The search was stopped.");
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

  // index.js
  serve(ort_wasm_bundle_min_exports, "WASM");
})();
