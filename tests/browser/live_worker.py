"""The worker that runs a model in the browser, asked from Python: what the page would ask, without its screen."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from maskrcnn_inspect.explorer import assets

START = """(script) => {
  const worker = new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
  const waiting = new Map();
  let number = 0;
  window.steps = [];
  worker.onmessage = ({ data }) => {
    if (data.progress) return void window.steps.push(data.progress);
    waiting.get(data.message.id)(data);
    waiting.delete(data.message.id);
  };
  worker.onerror = ({ message: error }) => {
    for (const done of waiting.values()) done({ message: { error }, buffers: [] });
  };
  window.ask = (question) => new Promise((done) => {
    number += 1;
    waiting.set(number, done);
    worker.postMessage({ ...question, id: number });
  });
  window.fromBase64 = (text) => new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))]);
}"""
ASK = """async ([question, files]) => {
  for (const [name, text] of Object.entries(files)) question[name] = window.fromBase64(text);
  const { message, buffers } = await window.ask(question);
  const text = (buffer) => {
    const bytes = new Uint8Array(buffer), parts = [];
    for (let i = 0; i < bytes.length; i += 32768) parts.push(String.fromCharCode(...bytes.subarray(i, i + 32768)));
    return btoa(parts.join(""));
  };
  return [message, buffers.map(text)];
}"""


class LiveWorker:
    """The worker on a page of its own."""

    def __init__(
        self, page: Any, runtime: bytes, script: str | None = None, url: str = "about:blank"
    ) -> None:
        """Start it. script: the one in WASM, or another; url: of a page, for what browsers give loopback alone."""
        self.page = page
        page.goto(url)
        page.evaluate(START, script or assets.live_script())
        self.ask({"ask": "begin", "threads": 1}, wasm=runtime)

    def ask(self, question: dict[str, Any], **files: bytes) -> tuple[dict[str, Any], list[bytes]]:
        """Return the answer; files are put into the question. Raises: ValueError for what the worker refuses."""
        packed = {name: base64.b64encode(content).decode() for name, content in files.items()}
        message, buffers = self.page.evaluate(ASK, [question, packed])
        if "error" in message:
            raise ValueError(message["error"])
        return message, [base64.b64decode(one) for one in buffers]

    def tensors(self, *names: str) -> dict[str, np.ndarray]:
        """Return tensors and readings by name."""
        message, buffers = self.ask({"ask": "tensors", "wants": [{"name": name} for name in names]})
        pairs = zip(names, message["tensors"], buffers, strict=True)
        return {name: np.frombuffer(data, head["dtype"]).reshape(head["shape"]) for name, head, data in pairs}
