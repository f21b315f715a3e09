// The worker of a page that runs the model in WASM: small, and what every page falls back to.

serve(ort, "WASM");

import * as ort from "onnxruntime-web/wasm";
import { serve } from "./worker.js";
