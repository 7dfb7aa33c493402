/* Keyboard speed for officers: "/" finds, J and K move between rows, Enter opens. Every page works without it. */
(function () {
  "use strict";
  var rows = function () { return Array.prototype.slice.call(document.querySelectorAll("tr[data-open]")); };
  function typing(el) { return el && (/^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) || el.isContentEditable); }
  function move(step) {
    var all = rows(); if (!all.length) { return; }
    var at = all.findIndex(function (r) { return r.getAttribute("aria-selected") === "true"; });
    var next = Math.min(Math.max(at + step, 0), all.length - 1);
    all.forEach(function (r, i) { r.setAttribute("aria-selected", i === next ? "true" : "false"); });
    var link = all[next].querySelector("a"); if (link) { link.focus({ preventScroll: true }); }
    all[next].scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.isComposing) { return; }
    if (event.altKey) {
      var hot = document.querySelector('[data-alt="' + event.key.toLowerCase() + '"]');
      if (hot) { event.preventDefault(); hot.click(); }
      return;
    }
    if (typing(event.target)) { return; }
    if (event.key === "/") { var box = document.getElementById("find"); if (box) { event.preventDefault(); box.focus(); box.select(); } }
    if (event.key === "j") { move(1); }
    if (event.key === "k") { move(-1); }
    if (event.key === "Enter" && event.target === document.body) {
      var chosen = document.querySelector('tr[aria-selected="true"] a'); if (chosen) { chosen.click(); }
    }
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-toggle-menu]");
    if (button) {
      event.preventDefault();
      var side = document.getElementById("side");
      button.setAttribute("aria-expanded", String(side.classList.toggle("open")));
    }
    if (event.target.closest("[data-print]")) { window.print(); }
  });
  document.addEventListener("submit", function (event) {
    /* A second press of the same button must not send twice; the server would refuse, but in words nobody needs. */
    var form = event.target; if (form.hasAttribute("hx-post")) { return; }
    if (form.dataset.sent) { event.preventDefault(); } else { form.dataset.sent = "1"; }
  });
  document.querySelectorAll("form[data-keep]").forEach(function (form) {
    /* What is typed is kept at the server, sealed, for a day: this device is not the officer's alone. The browser
       asks before leaving only while the server does not have it. */
    var told = form.querySelector("[data-kept]"), timer = 0, typed = false, missing = false;
    function body() { var all = new FormData(form); all.append("keep", "auto"); return all; }
    function say(text) { if (told) { told.textContent = text; } }
    function keep() {
      typed = false;
      fetch(location.href, { method: "POST", body: body(), redirect: "manual" }).then(function (answer) {
        /* 409 says in words why it is not kept. */
        return answer.ok || answer.status === 409 ? answer.text().then(function (text) { missing = !answer.ok; say(text); }) : Promise.reject();
      }).catch(function () {
        missing = true; say("没有暂存上：网络不通或登录已过期。离开本页会丢失填写的内容。");
      });
    }
    form.addEventListener("input", function () { typed = true; clearTimeout(timer); timer = setTimeout(keep, 1500); });
    form.addEventListener("submit", function () { clearTimeout(timer); });
    window.addEventListener("pagehide", function () {
      if (typed && !form.dataset.sent) { typed = false; clearTimeout(timer); navigator.sendBeacon(location.href, body()); }
    });
    window.addEventListener("beforeunload", function (event) {
      if (missing && !form.dataset.sent) { event.preventDefault(); event.returnValue = ""; }
    });
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });
})();
