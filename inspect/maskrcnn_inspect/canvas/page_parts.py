"""What every page of its own needs: the page around it, data that no HTML parser reads anything into, and its file."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from pathlib import Path
from typing import Any

from maskrcnn_core.files.atomic import replacing
from maskrcnn_core.files.made import page_mark


def json_text(value: Any) -> str:
    """Return JSON that no HTML parser reads anything into: ``</script>`` and ``<!--`` need a ``<``."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def whole_page(
    title: str,
    look: str,
    body: str,
    code: str = "",
    *,
    kind: str = "mi-page",
    language: str = "en",
    allowed: str = "",
    compiles: bool = False,
    images_beside: bool = False,
) -> str:
    """Return a page of ``body``, markup that the caller vouches for; ``title`` is text.

    Its Content-Security-Policy lets the sheet ``look`` and the script ``code`` in, by their hashes, and nothing else.
    kind: the class of its body, by which ``look`` knows it. allowed: directives of the policy beside those.
    images_beside: files beside the page are let in as images, from a disk and from the server that gave the page.
    compiles: whether the script may compile WebAssembly.
    """
    images = "data:" + (" blob:" if code else "") + (" 'self' file:" if images_beside else "")
    policy = f"default-src 'none'; img-src {images}; style-src {_hash(look)}; "
    if code:
        wasm = " 'wasm-unsafe-eval'" if compiles else ""
        policy += f"script-src {_hash(code)}{wasm}; "
    if allowed:
        policy += f"{allowed}; "
    script = f'\n<script type="module">{code}</script>' if code else ""
    return f"""<!doctype html>
<html lang="{html.escape(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title>
<style>{look}</style>
</head>
<body class="{kind}">
{body}{script}
</body>
</html>
"""


def write_page(text: str, command: str, path: str | Path) -> int:
    """Write a page that ``command`` makes, marked as its own, whole or not at all; return its size in bytes.

    Raises: OSError where the folder cannot be written to.
    """
    content = (text + page_mark(command)).encode()
    with replacing(Path(path)) as part:
        part.write_bytes(content)
    return len(content)


def _hash(text: str) -> str:
    """Return ``text`` as a Content-Security-Policy names it: the inline sheet or script that is let in."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
