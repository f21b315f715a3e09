// The part that VS Code plays: its widget manager in a page of another origin than the kernel's server. The socket of
// its kernel connection is the window around it, which sends the bytes on.

import { ServerConnection } from "@jupyterlab/services";
import { KernelConnection } from "@jupyterlab/services/lib/kernel/default";
import { activate } from "@vscode/jupyter-ipywidgets8";

const VIEW = "application/vnd.jupyter.widget-view+json";

class SocketOutside {
  protocol = "";
  readyState = 0;

  constructor() {
    window.addEventListener("message", ({ data: { opened, data } }) => {
      if (opened) this.readyState = 1;
      if (opened) this.onopen({});
      else this.onmessage({ data });
    });
    window.parent.postMessage({ open: true }, "*");
  }

  send(data) {
    window.parent.postMessage({ data }, "*");
  }

  close() {}
}

/** As much of an AMD loader as widgets ask for: modules by name, each made once, of those that it names. */
function loadModules() {
  const modules = new Map();
  let loading = "";
  window.define = (...words) => {
    const make = words.pop();
    const needs = Array.isArray(words.at(-1)) ? words.pop() : [];
    modules.set(words.pop() ?? loading, make(...needs.map((need) => modules.get(need))));
  };
  window.requirejs = (names, done, failed) => {
    const missing = names.find((name) => !modules.has(name));
    if (missing) failed(new Error(`${missing} is not there`));
    else done(...names.map((name) => modules.get(name)));
  };
  return async (name) => {
    if (modules.has(name)) return;
    const script = await (await fetch(`nbextensions/${name}/index.js`)).text();
    loading = name;
    new Function(script)();
  };
}

/** Run `code` in the kernel and show the widget that it displays. */
window.show = async (kernelId, code) => {
  const loadWidgetScript = loadModules();
  activate();
  window.vscIPyWidgets8.load();
  const serverSettings = ServerConnection.makeSettings({ WebSocket: SocketOutside, wsUrl: "ws://outside" });
  const kernel = new KernelConnection({ serverSettings, model: { id: kernelId, name: "python3" }, handleComms: true });
  const el = document.getElementById("output");
  const loader = {
    widgetsRegisteredInRequireJs: new Set(),
    loadWidgetScript,
    successHandler() {},
    errorHandler: (name, module, version, error) => console.error(name, module, version, error),
  };
  const manager = new window.vscIPyWidgets.WidgetManager(kernel, el, loader, () => {});
  const id = await new Promise((done, failed) => {
    kernel.requestExecute({ code }).onIOPub = ({ header, content }) => {
      if (header.msg_type === "error") failed(new Error(content.traceback.join("\n")));
      if (content.data?.[VIEW]) done(content.data[VIEW].model_id);
    };
  });
  const view = await manager.create_view(await manager.get_model(id), { el });
  await manager.display_view({}, view, { node: el });
};
