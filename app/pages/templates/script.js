// The one script of all pages.  Nothing is lost without it: it ticks all, shows how far a file is, keeps counts up to date,
// and asks the browser for a passkey, which is what only a script can.
"use strict";
(() => {
  const all = (asked, within = document) => [...within.querySelectorAll(asked)];

  // Tick all, where several are decided at once.
  for (const form of all("form[data-tick]")) {
    const boxes = () => all(`input[type=checkbox][name="${form.dataset.tick}"]`, form);
    const label = document.createElement("label"), box = document.createElement("input");
    box.type = "checkbox";
    label.className = "box";
    label.append(box, ` ${form.dataset.tickLabel}`);
    form.querySelector(".queue").before(label);
    box.addEventListener("change", () => boxes().forEach(one => { one.checked = box.checked; }));
    form.addEventListener("change", () => {
      const ticked = boxes().filter(one => one.checked).length;
      box.checked = ticked === boxes().length;
      box.indeterminate = ticked > 0 && !box.checked;
    });
  }

  // Show how far a file is on its way; what comes back is shown as a browser would.
  for (const form of all('form[enctype="multipart/form-data"]')) {
    form.addEventListener("submit", event => {
      event.preventDefault();
      const sent = new XMLHttpRequest(), bar = document.createElement("progress"), button = form.querySelector("button.main");
      bar.max = 1;
      bar.setAttribute("aria-label", button.textContent);
      button.after(bar);
      button.disabled = true;
      sent.upload.addEventListener("progress", at => { if (at.lengthComputable) { bar.value = at.loaded / at.total; } });
      sent.addEventListener("error", () => form.submit());
      sent.addEventListener("load", () => {
        if (new URL(sent.responseURL).pathname !== new URL(form.action).pathname) { location.assign(sent.responseURL); return; }
        document.open();
        document.write(sent.responseText);
        document.close();
      });
      sent.open("POST", form.action);
      sent.send(new FormData(form));
    });
  }

  // Keep counts up to date: told that something has changed, look at the page again, and take what may have.
  const live = all("[data-live]");
  if (live.length && document.body.dataset.changes) {
    let soon = 0;
    const look = async () => {
      soon = 0;
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok) { return; }
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      live.forEach(one => { const now = found.getElementById(one.id); if (now) { one.replaceChildren(...now.childNodes); } });
    };
    const stream = new EventSource(document.body.dataset.changes);
    stream.addEventListener("message", () => { soon = soon || setTimeout(look, 1000); });
    addEventListener("pagehide", () => stream.close());
  }

  // Passkeys: bytes go as text, there and back.
  const bytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), one => one.charCodeAt(0));
  const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const asked = {
    get: options => ({ ...options, allowCredentials: [] }),
    create: options => ({ ...options, user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: [] }),
  };
  const answered = response => Object.fromEntries(
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]
      .filter(name => response[name]).map(name => [name, text(response[name])]));
  for (const form of all("form[data-passkey]")) {
    const doing = form.dataset.passkey, wrong = form.querySelector(".wrong");
    form.addEventListener("submit", async event => {
      event.preventDefault();
      wrong.hidden = true;
      try {
        const options = JSON.parse(form.dataset.options);
        const publicKey = asked[doing]({ ...options, challenge: bytes(options.challenge) });
        const found = await navigator.credentials[doing]({ publicKey });
        const told = { id: found.id, rawId: text(found.rawId), type: found.type, response: answered(found.response) };
        form.elements.answer.value = JSON.stringify({ ...told, clientExtensionResults: {} });
        form.submit();
      } catch { wrong.hidden = false; }
    });
  }
})();
