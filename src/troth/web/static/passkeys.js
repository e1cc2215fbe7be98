// Passkeys: turns what the server asks into what the browser wants, and its answer into a form that is sent.
"use strict";

(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const asked = async (address) => {
    const answer = await fetch(address, { method: "POST", headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error("refused");
    return answer.json();
  };

  const withIds = (given) => ({ ...given, id: bytes(given.id) });

  const make = async () => {
    const options = await asked("/passkeys/options");
    options.challenge = bytes(options.challenge);
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = (options.excludeCredentials || []).map(withIds);
    const made = await navigator.credentials.create({ publicKey: options });
    return {
      id: made.id,
      rawId: text(made.rawId),
      type: made.type,
      response: {
        clientDataJSON: text(made.response.clientDataJSON),
        attestationObject: text(made.response.attestationObject),
      },
    };
  };

  const use = async () => {
    const options = await asked("/sign-in/passkey/options");
    options.challenge = bytes(options.challenge);
    options.allowCredentials = (options.allowCredentials || []).map(withIds);
    const used = await navigator.credentials.get({ publicKey: options });
    return {
      id: used.id,
      rawId: text(used.rawId),
      type: used.type,
      response: {
        clientDataJSON: text(used.response.clientDataJSON),
        authenticatorData: text(used.response.authenticatorData),
        signature: text(used.response.signature),
        userHandle: used.response.userHandle ? text(used.response.userHandle) : null,
      },
    };
  };

  const ways = { add: make, "sign-in": use };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential || !navigator.credentials) continue;
    form.hidden = false;
    const instead = form.parentElement.querySelector("[data-without-script]");
    if (instead) instead.hidden = true;
    const problem = form.querySelector("[role=alert]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      problem.hidden = true;
      try {
        form.elements.answer.value = JSON.stringify(await ways[form.dataset.passkey]());
        form.submit();
      } catch {
        problem.hidden = false;
      }
    });
  }
})();
