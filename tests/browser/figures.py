"""A canvas on a page, as tests reach for it: its words, its sliders, its pixels."""

import json

import numpy as np

# RGBA of the middle of each image px of a figure's lower (base) and upper (top) canvas, as they are on the screen
PIXELS = """([figure, height, width, surface]) => {
  const element = figure.querySelector(surface);
  const scale = Math.min(element.width / width, element.height / height);
  const [left, top] = [(element.width - width * scale) / 2, (element.height - height * scale) / 2];
  const copy = Object.assign(document.createElement("canvas"), { width: element.width, height: element.height });
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(element, 0, 0);
  const all = context.getImageData(0, 0, element.width, element.height).data;
  const found = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 4 * (Math.floor(top + (y + 0.5) * scale) * element.width + Math.floor(left + (x + 0.5) * scale));
      found.push(...all.subarray(at, at + 4));
    }
  }
  return found;
}"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Figure:
    """The canvas at a place of a page."""

    def __init__(self, page, place=0):
        self.page, self.root = page, page.locator("figure.mi").nth(place)
        self.top = self.root.locator(".mi-top")

    def slide(self, key, value):
        """Put the slider of a trait to a value, as a hand does."""
        self.root.locator(f"input[data-key={key}]").fill(str(value))
        self.settle()

    def switch(self, layer, on):
        """Show or hide a layer."""
        self.root.locator(f".mi-switch input[data-layer='{layer}']").set_checked(on)
        self.settle()

    def press(self, *keys):
        for key in keys:
            self.top.press(key)
        self.settle()

    def settle(self):
        """Wait until what was asked for is drawn."""
        self.page.evaluate(TWO_FRAMES)

    def at(self, y, x, size, act="click"):
        """Click or hover at image px (y, x) of an image of ``size`` that is shown whole."""
        area = self.top.bounding_box()
        scale = min(area["height"] / size[0], area["width"] / size[1])
        top, left = (area["height"] - size[0] * scale) / 2, (area["width"] - size[1] * scale) / 2
        getattr(self.top, act)(position={"x": left + x * scale, "y": top + y * scale})
        self.settle()

    def pixels(self, size, surface="base"):
        """Return (y, x, rgba) uint8: what the screen has in the middle of each image px."""
        found = self.page.evaluate(PIXELS, [self.root.element_handle(), *size, f".mi-{surface}"])
        return np.array(found, np.uint8).reshape(*size, 4)

    def screen(self):
        """Return both canvases to the last pixel, to be compared."""
        return self.root.evaluate(
            "(root) => [...root.querySelectorAll('canvas')].map((one) => one.toDataURL())"
        )

    def open_list(self):
        self.root.locator("summary").click()
        self.settle()

    @property
    def shown(self):
        return int(self.root.get_attribute("data-shown"))

    @property
    def selected(self):
        return json.loads(self.root.get_attribute("data-selected"))

    @property
    def zoom(self):
        return int(self.root.locator(".mi-zoom-level").inner_text().removesuffix(" %"))

    @property
    def thing(self):
        return self.root.locator(".mi-thing").inner_text()

    @property
    def place(self):
        return self.root.locator(".mi-place").inner_text()

    def counts(self):
        """Return "shown of all" by layer."""
        lines = self.root.locator(".mi-switch").all_inner_texts()
        return [" ".join(line.split()) for line in lines]
