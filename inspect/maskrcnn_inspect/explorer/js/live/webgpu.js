// The worker of a page that runs the model on the GPU. Its program is twice as large: it is loaded where there is one.

serve(ort, "WebGPU (ROIAlign and NMS in WASM)", true);

import * as ort from "onnxruntime-web/webgpu";
import { serve } from "./worker.js";
