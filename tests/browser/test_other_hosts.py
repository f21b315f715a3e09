"""The Explorer where notebooks are not JupyterLab: VS Code and Colab show it in a frame, under themes of their own."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from maskrcnn_inspect.explorer import explore, write_explorer
from maskrcnn_inspect.samples import sample_image
from maskrcnn_inspect.session import Session

from .explorer_bridge import SHOWN, open_widget

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VSCODE = "--vscode-editor-foreground: {0}; --vscode-editor-background: {1};"
# VS Code's extension for Jupyter gives one ground of its own, or JupyterLab's light colours
BRIDGE = (
    "--jp-ui-font-color1: {0}; --jp-layout-color1: {2}; --jp-layout-color2: {2}; --jp-border-color1: {2};"
)
LIGHT = "--jp-ui-font-color1: rgba(0, 0, 0, 0.8); --jp-layout-color1: white; --jp-layout-color2: #eeeeee;"
# Colab's widget manager gives its letters and its second ground, and leaves the first one white
COLAB = "--jp-ui-font-color1: #d5d5d5; --jp-layout-color1: white; --jp-layout-color2: #2c2c2c;"
DARK, BLACK = ("#cccccc", "#1f1f1f", "#313131"), ("#ffffff", "#000000", "#000000")
DARK_THEMES = {
    "VS Code": ("class", "vscode-dark", (VSCODE + BRIDGE).format(*DARK)),
    "an older VS Code": ("class", "vscode-dark", VSCODE.format(*DARK) + LIGHT),
    "VS Code in high contrast": ("class", "vscode-high-contrast", (VSCODE + BRIDGE).format(*BLACK)),
    "Colab": ("theme", "dark", COLAB),
}
FRAME = """<!doctype html><title>A notebook</title><link rel="icon" href="data:,">
<iframe sandbox="{}" allow="fullscreen 'none'" width="1260" height="780" src="{}"></iframe>"""
RIGHTS = "allow-scripts allow-same-origin allow-forms allow-pointer-lock allow-downloads"
LOOK = """one => [
  Math.max(...getComputedStyle(one).backgroundColor.match(/\\d+/g).slice(0, 3)),
  getComputedStyle(one).colorScheme]"""


@pytest.fixture(scope="module")
def session(shapes_model) -> Session:
    return Session.run(shapes_model, sample_image("shapes"))


@pytest.mark.parametrize("host", DARK_THEMES)
def test_a_dark_theme_of_another_host_is_dark_and_can_be_read(silent, session, tmp_path, host):
    name, value, colours = DARK_THEMES[host]
    open_widget(silent, explore(session, "stage=result&detection=0"), tmp_path)
    silent.evaluate("document.body.className = ''")
    silent.add_style_tag(content=f":root {{ {colours} }}")
    silent.evaluate("([name, value]) => document.documentElement.setAttribute(name, value)", [name, value])
    brightest, scheme = silent.locator(".mx").evaluate(LOOK)
    assert brightest < 40 and scheme == "dark"
    found = Axe().run(silent, options={"runOnly": ["color-contrast"]})
    assert found.violations_count == 0, found.generate_report()


def test_in_a_frame_of_another_site_it_offers_what_the_frame_may_do(silent, session, tmp_path):
    write_explorer(session, tmp_path / "explorer.html")
    (tmp_path / "notebook.html").write_text(FRAME.format(RIGHTS, "explorer.html"))
    silent.goto((tmp_path / "notebook.html").as_uri())
    frame = silent.frame_locator("iframe")
    frame.locator(SHOWN).wait_for()
    assert frame.get_by_role("button", name="Full screen").count() == 0
    with silent.expect_download() as saved:
        frame.get_by_role("button", name="PNG", exact=True).click()
    assert saved.value.suggested_filename.endswith(".png")


def test_where_a_page_may_fill_the_screen_it_is_offered(silent, session, tmp_path):
    write_explorer(session, tmp_path / "explorer.html")
    silent.goto((tmp_path / "explorer.html").as_uri())
    silent.locator(SHOWN).wait_for()
    silent.get_by_role("button", name="Full screen").click()
    silent.wait_for_function("() => document.fullscreenElement?.classList.contains('mx')")
