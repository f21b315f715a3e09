"""The model on the GPU of a browser: its detections are TensorFlow's, the page says what ran, WASM stands in for it.

The GPU is SwiftShader, which the processor plays: slow, and of the same arithmetic.
"""

import functools
import gzip
import hashlib
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from maskrcnn_inspect.explorer import assets
from maskrcnn_inspect.explorer.live.package import package
from maskrcnn_inspect.explorer.live.page import page_of
from maskrcnn_inspect.explorer.live.runtime import WASM, WEBGPU, runtime
from maskrcnn_inspect.samples import SAMPLES
from maskrcnn_inspect.session import Session

from .live_worker import LiveWorker

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(one.shipped.is_file() or one.installed.is_file() for one in (WASM, WEBGPU)),
        reason="ONNX Runtime for browsers is absent: npm ci in canvas/js",
    ),
]

GPU = "WebGPU (ROIAlign and NMS in WASM)"
PIXEL, SCORE = 0.01, 1e-4
PATIENCE = 600_000  # ms: the processor plays the GPU
FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--enable-features=Vulkan",
    "--use-vulkan=swiftshader",
)
# put before the script of a worker
COUNTED = """self.dispatched = 0;
for (const name of ["dispatchWorkgroups", "dispatchWorkgroupsIndirect"]) {
  const own = GPUComputePassEncoder.prototype[name];
  GPUComputePassEncoder.prototype[name] = function (...all) { self.dispatched += 1; return own.apply(this, all); };
}
"""
KEPT_DEVICE = """const own = GPUAdapter.prototype.requestDevice;
GPUAdapter.prototype.requestDevice = async function (...all) { return (self.device = await own.apply(this, all)); };
"""
NO_DEVICE = "GPUAdapter.prototype.requestDevice = async () => { throw new Error('no device today'); };\n"


class Quiet(SimpleHTTPRequestHandler):
    """Serve a folder and write nothing of it."""

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def flags():
    """Give those that make WebGPU of the processor."""
    return FLAGS


@pytest.fixture(scope="module")
def session(shapes_model):
    return Session.run(shapes_model, SAMPLES["shapes"].read().image)


@pytest.fixture(scope="module")
def file(shapes_model, session):
    return package(shapes_model, "shapes", session.base)


@pytest.fixture(scope="module")
def site(session, file, tmp_path_factory):
    """Give the address of a site of one model, as ``maskrcnn site`` writes it."""
    folder = tmp_path_factory.mktemp("site")

    def beside(name, packed):
        address = f"{name}.{hashlib.sha256(packed).hexdigest()[:12]}.bin"
        (folder / address).write_bytes(packed)
        return {"url": address}

    images = [
        ({"name": one.name, "weights": one.weights, "says": one.says}, one.read().image)
        for one in SAMPLES.values()
        if one.weights == "shapes"
    ]
    page = page_of(session, {"shapes": file}, images, beside, gpu=True)
    (folder / "index.html").write_text(page)
    (folder / "favicon.ico").touch()
    handler = functools.partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def gpu(page, site):
    """Give the page, on loopback, if Chromium gives a GPU there."""
    page.set_default_timeout(PATIENCE)
    page.goto(f"{site}/favicon.ico")
    if not page.evaluate("async () => Boolean(await navigator.gpu?.requestAdapter())"):
        pytest.skip("no GPU: this Chromium gives no adapter, also not SwiftShader's")
    return page


def prefixed(page, words):
    """Put ``words`` before the worker that runs on the GPU."""
    body = gzip.compress((words + assets.webgpu_script()).encode())
    page.route("**/worker-webgpu.js.*", lambda route: route.fulfill(body=body))


def opened(page, site, query=""):
    """Open the site; return what the page asks for and what it says in the console, lists that grow."""
    names, said = [], []
    page.on("request", lambda one: names.append(one.url.rsplit("/", 1)[-1]))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{site}/index.html{query}#stage=detections")
    return names, said


def named(page, engine):
    page.wait_for_function(
        "engine => document.querySelector('.mx-subtitle')?.textContent.endsWith(engine)"
        " && document.querySelector('.mx')?.dataset.shown",
        arg=f" · {engine}, ONNX Runtime in this page",
    )


def programs(names):
    return {name.split(".")[0] for name in names if ".wasm." in name}


def test_detections_and_masks_on_the_gpu_are_those_of_the_kernel(gpu, site, shapes_model, file):
    worker = LiveWorker(gpu, runtime(WEBGPU), COUNTED + assets.webgpu_script(), f"{site}/favicon.ico")
    worker.ask({"ask": "model"}, file=file)
    for sample in (one for one in SAMPLES.values() if one.weights == "shapes"):
        image = sample.read().image
        pixels = gzip.compress(np.ascontiguousarray(image).tobytes(), 1)
        asked = {"ask": "pixels", "size": list(image.shape[:2]), "name": sample.name}
        reply, _ = worker.ask(asked, pixels=pixels)
        assert reply["description"]["engine"] == f"{GPU}, ONNX Runtime in this page"
        trace = shapes_model.trace(image)
        names = ("class_ids", "boxes", "scores")
        made = worker.tensors(*(f"detections.{name}" for name in names), "pasting.masks")
        assert made["detections.class_ids"].tolist() == trace["detections.class_ids"].tolist(), sample.name
        np.testing.assert_allclose(made["detections.boxes"], trace["detections.boxes"], atol=PIXEL)
        np.testing.assert_allclose(made["detections.scores"], trace["detections.scores"], atol=SCORE)
        assert (made["pasting.masks"] == trace["pasting.masks"]).all(), sample.name
    assert gpu.workers[-1].evaluate("self.dispatched") > 100  # it was the GPU that ran


def test_the_page_names_the_gpu_and_goes_on_in_wasm_when_it_is_lost(gpu, site):
    prefixed(gpu, KEPT_DEVICE)
    names, said = opened(gpu, site, "?engine=webgpu")
    named(gpu, GPU)
    assert not gpu.locator(".mx-note").is_visible()
    assert gpu.locator(".mi-title").inner_text() == "4 detections"
    slider = gpu.locator('[data-setting="detections.max_count"] input')
    slider.fill("2")
    slider.dispatch_event("input")
    gpu.wait_for_function("() => document.querySelector('.mi-title')?.textContent === '2 detections'")
    assert programs(names) == {"runtime-webgpu"}

    gpu.workers[-1].evaluate("() => device.destroy()")
    named(gpu, "WASM")
    assert gpu.locator(".mx-note").inner_text().startswith("WebGPU is not used here (")
    assert programs(names) == {"runtime-webgpu", "runtime"}
    gpu.wait_for_function("() => document.querySelector('.mi-title')?.textContent === '2 detections'")
    assert said == []


def test_a_gpu_that_fails_is_said_and_wasm_runs(gpu, site):
    prefixed(gpu, NO_DEVICE)
    opened(gpu, site, "?engine=webgpu")
    named(gpu, "WASM")
    note = gpu.locator(".mx-note").inner_text()
    assert note.startswith("WebGPU is not used here (") and note.endswith("WASM runs the model.")
    assert gpu.locator(".mi-title").inner_text() == "4 detections"


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("", ""),  # of itself, a page uses no GPU that the processor plays
        ("?engine=wasm", ""),
        ("?engine=gpu", "The address asks for engine=gpu: wanted engine=wasm or engine=webgpu."),
    ],
)
def test_who_has_no_gpu_loads_no_program_for_one(gpu, site, query, note):
    names, said = opened(gpu, site, query)
    named(gpu, "WASM")
    assert gpu.locator(".mx-note").inner_text() == note
    assert programs(names) == {"runtime"} and not any("webgpu" in name for name in names[1:])
    assert said == []
