"""VS Code's own widget manager shows the Explorer, under VS Code's rights and policy, with the kernel of a real server.

What VS Code's extension does around its manager is played by ``vscode/host.js`` and the page around it.
"""

import functools
import json
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jupyter_core.paths
import pytest

from maskrcnn_inspect.canvas import assets

from .explorer_bridge import DESK, SHOWN, draw_box
from .lab import TOKEN, served
from .test_other_hosts import DARK_THEMES, FRAME, RIGHTS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PLAYED = Path(__file__).parent / "vscode"
ESBUILD = Path(assets.__file__).parent / "js" / "node_modules" / ".bin" / "esbuild"
# The policy that VS Code has for outputs, off unless asked for, with what it lacks: blob: for the modules of anywidget,
# data: for the fonts of its own manager, and loopback in the place of its addresses.
POLICY = (
    "default-src 'none'; script-src 'self' blob: 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' https: http: data:; font-src 'self' https: data:; connect-src 'self' https:; child-src https: data:"
)
INNER = f"""<!doctype html><html><head><title>An output</title>
<style>:root {{ {DARK_THEMES["VS Code"][2]} }}</style></head>
<body class="vscode-dark"><div id="output"></div><script type="module" src="host.js"></script></body></html>"""
# the window around it has the kernel's socket
OUTER = """<script>
  let socket;
  const inner = document.querySelector("iframe");
  window.addEventListener("message", ({ data: { open, data } }) => {
    if (!open) return socket.send(data);
    socket = Object.assign(new WebSocket(SOCKET), { binaryType: "arraybuffer" });
    socket.onopen = () => inner.contentWindow.postMessage({ opened: true }, "*");
    socket.onmessage = ({ data }) => inner.contentWindow.postMessage({ data }, "*");
  });
</script>"""
# the bytes of the 17 small pictures came: few of them are equal
DRAWN = "() => new Set([...document.querySelectorAll('.mx-thumb')].map((one) => one.toDataURL())).size > 12"
CELLS = """
from maskrcnn_inspect import explore
from maskrcnn_inspect.opening import open_session
explore(open_session("shapes", None, ()), "stage=detections")
"""


class _Quiet(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        if self.path.startswith("/inner.html"):
            self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def site(folder: Path) -> Iterator[str]:
    """Serve ``folder`` on loopback and give its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def host(tmp_path):
    """Give the folder of the pages, with VS Code's manager and what anywidget installs for notebooks."""
    if not ((PLAYED / "node_modules").is_dir() and ESBUILD.is_file()):
        pytest.skip("VS Code's widget manager is absent: npm ci in tests/browser/vscode and in canvas/js")
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "inner.html").write_text(INNER)
    (folder / "nbextensions").symlink_to(
        next(
            Path(one)
            for one in jupyter_core.paths.jupyter_path("nbextensions")
            if Path(one, "anywidget").is_dir()
        )
    )
    command = [ESBUILD, PLAYED / "host.js", "--bundle", "--format=esm", f"--outfile={folder / 'host.js'}"]
    subprocess.run([*command, "--log-level=warning"], check=True)
    return folder


@contextmanager
def kernel(home: Path) -> Iterator[tuple[str, str]]:
    """Start a server and a kernel in it; give the kernel's id, and the address of its socket."""
    command = ["-m", "jupyter_server", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
    command += [
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={home}",
        "--ServerApp.allow_origin=*",
    ]
    with served(command, home, f"/api/status?token={TOKEN}") as address:
        asked = urllib.request.Request(f"{address}/api/kernels", b"{}", {"Authorization": f"token {TOKEN}"})
        with urllib.request.urlopen(asked, timeout=30) as answer:
            known = json.load(answer)["id"]
        yield known, f"{address.replace('http', 'ws', 1)}/api/kernels/{known}/channels?token={TOKEN}"


def test_the_widget_manager_of_vs_code_shows_it_and_asks_the_kernel(page, host, tmp_path):
    troubles: list[str] = []
    page.set_viewport_size(DESK)
    page.on("console", lambda message: message.type == "error" and troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "request",
        lambda one: one.url.startswith(("http://127.0.0.1", "data:", "blob:")) or troubles.append(one.url),
    )
    with kernel(tmp_path) as (known, socket), site(host) as inside, site(host) as outside:
        frame = FRAME.format(RIGHTS, f"{inside}/inner.html")
        (host / "outer.html").write_text(frame + OUTER.replace("SOCKET", json.dumps(socket)))
        page.goto(f"{outside}/outer.html")
        output = page.frame(url=f"{inside}/inner.html")
        output.wait_for_function("() => window.show")
        output.evaluate("words => window.show(...words)", [known, CELLS])
        output.locator(SHOWN).wait_for(timeout=60_000)
        output.wait_for_function(DRAWN)
        slider = output.locator('[data-setting="detections.max_count"] input')
        slider.fill("2")
        output.locator(f'{SHOWN}[data-shown*="detections.max_count=2"]').wait_for()
        assert output.locator(".mx-changes h3").inner_text() == "0 came, 2 went"
        draw_box(page, (0.1, 0.1), (0.3, 0.3), output)
        output.locator(".mx-funnel li").last.wait_for(timeout=60_000)
        assert output.locator(".mx-funnel li").count() == 7
    assert troubles == []
