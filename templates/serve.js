(() => {
  "use strict";
  const root = document.documentElement;
  const the = (id) => document.getElementById(id);
  const show = (id, on) => { the(id).hidden = !on; };
  const last = { body: "", type: "" };

  const headers = (accept) => {
    const token = the("token") ? the("token").value.trim() : "";
    const made = { "Content-Type": last.type, Accept: accept };
    return token ? { ...made, Authorization: `Bearer ${token}` } : made;
  };
  const ask = (patient, accept) => fetch(`$convert${patient ? `?patient=${patient}` : ""}`, {
    method: "POST", body: last.body, headers: headers(accept), cache: "no-store", referrerPolicy: "no-referrer",
  });

  const fail = async (answer) => {
    const list = the("error").querySelector("ul");
    list.replaceChildren();
    show("lost", !answer);
    const outcome = answer ? await answer.json().catch(() => null) : null;
    const issues = (outcome && outcome.issue) || [];
    issues.forEach((issue) => {
      const line = document.createElement("li");
      line.textContent = [issue.details && issue.details.text, issue.diagnostics].filter(Boolean).join(" — ");
      list.append(line);
    });
    if (answer && !issues.length) list.append(String(answer.status));
    show("error", true);
  };

  const busy = (on) => {
    show("busy", on);
    the("convert").disabled = on;
    the("ask").setAttribute("aria-busy", String(on));
  };
  const page = (html) => {
    the("result").srcdoc = html;
    show("ask", false);
    show("done", true);
    show("languages", false);
    show("result", true);
  };
  const buttons = (count, chosen) => {
    const made = Array.from({ length: count > 1 ? count : 0 }, (_, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = String(place + 1);
      button.setAttribute("aria-pressed", String(place + 1 === chosen));
      button.addEventListener("click", () => convert(place + 1));
      return button;
    });
    the("patients").replaceChildren(...made);
  };
  const convert = async (patient) => {
    show("error", false);
    busy(true);
    try {
      const answer = await ask(patient, "text/html, application/fhir+json;q=0.1");
      if (!answer.ok) { await fail(answer); return; }
      buttons(Number(answer.headers.get("X-Patients")), patient || 1);
      page(await answer.text());
    } catch {
      await fail(null);
    } finally {
      busy(false);
    }
  };
  const take = (body, type) => {
    if (!body || the("convert").disabled) return;
    Object.assign(last, { body, type });
    convert(0);
  };

  the("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = the("text").value;
    if (text.trim()) take(text, "text/plain; charset=utf-8"); else the("text").focus();
  });
  the("file").addEventListener("change", () => {
    const [file] = the("file").files;
    if (file) take(file, "application/octet-stream");
    the("file").value = "";
  });
  ["dragenter", "dragover"].forEach((name) => document.addEventListener(name, (event) => {
    event.preventDefault();
    the("ask").classList.add("over");
  }));
  ["dragleave", "drop"].forEach((name) => document.addEventListener(name, () => the("ask").classList.remove("over")));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    const text = event.dataTransfer.getData("text/plain");
    if (file) take(file, "application/octet-stream"); else if (text.trim()) take(text, "text/plain; charset=utf-8");
  });

  the("download").addEventListener("click", async () => {
    the("download").disabled = true;
    try {
      const answer = await ask(0, "application/fhir+json");
      if (!answer.ok) { the("again").click(); await fail(answer); return; }
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await answer.blob());
      link.download = "bundle.json";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    } catch {
      the("again").click();
      await fail(null);
    } finally {
      the("download").disabled = false;
    }
  });
  the("again").addEventListener("click", () => {
    the("result").srcdoc = "";
    Object.assign(last, { body: "", type: "" });
    show("result", false);
    show("done", false);
    show("languages", true);
    show("ask", true);
    the("text").focus();
  });
  const buttonsOfLanguage = [...document.querySelectorAll("[data-choose]")];
  buttonsOfLanguage.forEach((button) => button.addEventListener("click", () => {
    root.dataset.language = button.dataset.choose;
    root.lang = button.dataset.choose;
    buttonsOfLanguage.forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
  }));
  root.dataset.ready = "yes";
})();
