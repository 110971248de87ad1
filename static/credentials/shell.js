// Draws the verdict at /v/<number>#<code>. The code stays in this browser unless the person sends it.
//
// The page brings: #verdict[data-state] with h1 and p.why · dl#facts · ol#steps · #age · form#lookup (number and name)
// · form#photo-ask with input[name=code]. On #verdict the server may set
//   data-occupations   JSON of occupation names by code
//   data-clock-offset  seconds by which a demo's clock is ahead of the world's
(function () {
  "use strict";

  const WORDS = {
    zh: {
      VALID: ["有效", "由备案机构签发，未被撤销。"],
      EXPIRED: ["已过期", "证书是真的，但有效期已过。"],
      REVOKED: ["已撤销", "证书已被撤销，不再有效。持证人可向发证机构申请复核，对结果不服可向人力社保部门投诉。"],
      SUSPENDED: ["已暂停", "证书正在核查，暂停使用。请稍后再查，或联系发证机构。"],
      SUPERSEDED: ["已换发", "已换发新证书，以新证书为准。请联网用编号和姓名查询新编号。"],
      NOT_YET_VALID: ["尚未生效", "签发时间晚于本机时间。请先核对本机的日期和时间。"],
      GENUINE_STATUS_OLD: ["真证，状态不是最新", "签名真实；状态信息超过 12 小时，请联网后再查。"],
      GENUINE_STATUS_UNKNOWN: ["真证，状态未知", "签名真实；查不到最新状态，不能断定是否仍然有效。请联网后再查。"],
      NOT_GENUINE: ["不是本平台签发", ""],
      CANNOT_CHECK: ["本机不能核验", "这个浏览器不支持安全核验。可以把二维码内容发送给服务器代为核验，或换用系统浏览器打开。"],
      ASK: ["核验证书", "请扫描证书上的二维码，或输入证书编号和姓名查询。"],
      WAIT: ["正在核验", ""],
      valid: { 2: "由培训机构核发，未被撤销。", 3: "由竞赛主办单位核发，未被撤销。" },
      empty: "链接里没有二维码内容。",
      too_long: "二维码内容过长，不是本平台的格式。",
      encoding: "二维码内容残缺或被改动。请重新扫描完整的二维码。",
      format: "二维码内容不是本平台的格式。",
      algorithm: "签名方式不是本平台所用。",
      unknown_key: "签名密钥不属于本平台。",
      revoked_key: "签名密钥已作废，此证书须联网用编号和姓名查询。",
      signature: "签名不符：内容被改动或系伪造。",
      other_number: "二维码属于另一张证书，与网址中的编号不符。",
      key_window: "签发时间不在密钥使用期内。",
      steps: {
        format: "格式", key: "签发密钥", signature: "数字签名（ES256）", number: "编号一致",
        window: "密钥使用期", dates: "有效期", status: "撤销状态",
      },
      marks: { true: "通过", false: "未通过", null: "未能核验" },
      facts: {
        name: "姓名", occupation: "职业", level: "等级", award: "项目", number: "证书编号",
        issued: "发证日期", until: "有效期至",
      },
      asOf: (when) => `撤销状态截至 ${when}。`,
      noStatus: "没有可信的状态信息。",
      compare: "请与纸质证书逐项对照。",
      photo: "联网查看照片和机构备案信息",
      send: "发送给服务器核验",
      levels: ["学徒工", "五级/初级工", "四级/中级工", "三级/高级工", "二级/技师", "一级/高级技师", "特级技师", "首席技师"],
    },
    en: {
      VALID: ["Valid", "Issued by a filed body and not revoked."],
      EXPIRED: ["Expired", "The certificate is genuine, but its period has ended."],
      REVOKED: ["Revoked", "The certificate was revoked. The holder may ask the issuer for a review, then complain to the authority."],
      SUSPENDED: ["Suspended", "The certificate is under review. Check again later or ask the issuer."],
      SUPERSEDED: ["Replaced", "A new certificate replaces this one. Go online and look it up by number and name."],
      NOT_YET_VALID: ["Not yet valid", "Issued later than this device's time. Check the date and time of this device first."],
      GENUINE_STATUS_OLD: ["Genuine, status not current", "The signature is genuine; the status is over 12 hours old. Check again online."],
      GENUINE_STATUS_UNKNOWN: ["Genuine, status unknown", "The signature is genuine, but whether it still stands cannot be told. Check again online."],
      NOT_GENUINE: ["Not issued here", ""],
      CANNOT_CHECK: ["Cannot check here", "This browser lacks secure checking. Send the code to the server, or open the link in the system's browser."],
      ASK: ["Verify a certificate", "Scan the code on the certificate, or look it up by number and name."],
      WAIT: ["Checking", ""],
      valid: { 2: "Issued by the training institution and not revoked.", 3: "Issued by the competition's organiser and not revoked." },
      empty: "The link holds no code.",
      too_long: "The code is too long to be ours.",
      encoding: "The code is incomplete or altered. Scan the whole code again.",
      format: "The code does not have our format.",
      algorithm: "The signature is not of the kind we use.",
      unknown_key: "The signing key is not ours.",
      revoked_key: "The signing key was withdrawn. Look the certificate up online by number and name.",
      signature: "The signature does not fit: altered or forged.",
      other_number: "The code belongs to another certificate than the number in the address.",
      key_window: "Issued outside the key's period of use.",
      steps: {
        format: "Format", key: "Issuing key", signature: "Digital signature (ES256)", number: "Number matches",
        window: "Key's period of use", dates: "Dates", status: "Revocation status",
      },
      marks: { true: "passed", false: "failed", null: "could not be checked" },
      facts: {
        name: "Name", occupation: "Occupation", level: "Level", award: "Programme or award", number: "Number",
        issued: "Issued on", until: "Valid until",
      },
      asOf: (when) => `Revocation status as of ${when}.`,
      noStatus: "No status that can be trusted.",
      compare: "Compare each item with the paper.",
      photo: "Go online for the photo and the issuer's filing",
      send: "Send to the server to check",
      levels: ["Apprentice", "Level 5", "Level 4", "Level 3", "Level 2", "Level 1", "Special-grade technician", "Chief technician"],
    },
  };

  const words = WORDS[document.documentElement.lang.startsWith("en") ? "en" : "zh"];
  const box = document.getElementById("verdict");
  const part = (id) => document.getElementById(id);
  const memory = {}; // last good answer by path, for when both server and service worker are out of reach

  function now() {
    return Math.floor(Date.now() / 1000) + (Number(box.dataset.clockOffset) || 0);
  }

  function day(seconds) {
    const at = new Date((seconds + 8 * 3600) * 1000); // Asia/Shanghai has had no summer time since 1991
    return `${at.getUTCFullYear()}-${String(at.getUTCMonth() + 1).padStart(2, "0")}-${String(at.getUTCDate()).padStart(2, "0")}`;
  }

  function minute(seconds) {
    return `${day(seconds)} ${new Date((seconds + 8 * 3600) * 1000).toISOString().slice(11, 16)}`;
  }

  // ---- the service worker, which keeps page, keys and lists for when there is no server

  const worker = "serviceWorker" in navigator && self.isSecureContext ? controlled() : new Promise(() => undefined);
  const kept = []; // what was read before the worker took over, and has to be read once more through it

  async function controlled() {
    const taken = new Promise((resolve) => {
      navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
    });
    await navigator.serviceWorker.register("/sw.js", { scope: "/" });
    if (!navigator.serviceWorker.controller) await taken;
  }

  function keep(path) {
    if (!navigator.serviceWorker || navigator.serviceWorker.controller) return;
    kept.push(worker.then(() => fetch(path, { credentials: "omit" })));
  }

  // ---- getting keys and lists

  async function get(path, read) {
    try {
      const response = await fetch(path, { cache: "no-cache", credentials: "omit" });
      if (response.ok) {
        const at = Number(response.headers.get("X-Fetched-At")) || Math.floor(Date.now() / 1000);
        memory[path] = { value: await read(response), at: at + (Number(box.dataset.clockOffset) || 0) };
        keep(path);
      }
    } catch (error) {
      // out of reach: what was read before still counts, with its age
    }
    return memory[path] || null;
  }

  async function collect(fragment, number) {
    const keys = (await get("/keys.json", (response) => response.json())) || { value: {}, at: 0 };
    const input = {
      fragment, number, keys: keys.value, keysFetchedAt: keys.at, lists: {}, publicBase: location.origin, now: now(),
    };
    const first = await self.Verdict.judge(input);
    if (!first.payload) return keys.at ? first : Object.assign(first, { keysMissing: true });
    const list = Math.floor(first.payload.status_index / self.Verdict.LIST_SIZE) + 1;
    const found = await get(`/status/${list}.cwt`, async (response) => new Uint8Array(await response.arrayBuffer()));
    if (found) input.lists[list] = found.value;
    input.now = now();
    return self.Verdict.judge(input);
  }

  // ---- drawing

  function show(state, why) {
    box.dataset.state = state;
    box.querySelector("h1").textContent = words[state][0];
    box.querySelector("p.why").textContent = why === undefined ? words[state][1] : why;
    document.title = words[state][0];
  }

  function element(name, text) {
    const made = document.createElement(name);
    made.textContent = text;
    return made;
  }

  function fill(target, children) {
    if (!target) return;
    target.textContent = "";
    children.forEach((child) => target.appendChild(child));
    target.hidden = !children.length;
  }

  function facts(payload) {
    if (!payload) return [];
    const names = JSON.parse(box.dataset.occupations || "{}");
    const rows = [
      ["name", payload.name],
      ["occupation", payload.occupation && `${names[payload.occupation] || ""} `],
      ["level", payload.level && words.levels[payload.level - 1]],
      ["award", payload.award],
      ["number", payload.number],
      ["issued", day(payload.issued_at)],
      ["until", payload.expires_at && day(payload.expires_at - 1)],
    ];
    const out = [];
    rows.filter((row) => row[1]).forEach(([key, value]) => {
      const told = element("dd", value);
      if (key === "occupation") told.appendChild(element("span", payload.occupation)).className = "whole";
      out.push(element("dt", words.facts[key]), told);
    });
    return out;
  }

  function reason(result) {
    if (result.state === "NOT_GENUINE") return words[result.reason];
    return result.state === "VALID" ? words.valid[result.payload.kind] : undefined;
  }

  // Only the step held is marked: one may enter the ladder at any of them.
  function ladder(payload) {
    const held = (payload && payload.level) || 0;
    for (let rank = 1; part(`step-${rank}`); rank += 1) part(`step-${rank}`).classList.toggle("held", rank === held);
    if (part("ladder-box")) part("ladder-box").hidden = !held;
    if (held && part("ladder")) part("ladder").setAttribute("aria-label", words.levels[held - 1]);
  }

  function draw(result) {
    show(result.state, reason(result));
    fill(part("facts"), facts(result.payload));
    ladder(result.payload);
    fill(part("steps"), self.Verdict.STEPS.map((step) => {
      const line = element("li", `${words.steps[step]}：${words.marks[String(result.steps[step])]}`);
      line.dataset.passed = String(result.steps[step]);
      return line;
    }));
    const age = result.statusAsOf ? words.asOf(minute(result.statusAsOf)) : words.noStatus;
    fill(part("age"), result.payload ? [element("span", `${age} ${words.compare}`)] : []);
  }

  function offer(fragment, label) {
    const form = part("photo-ask");
    if (!form) return;
    form.hidden = !label;
    const field = form.querySelector("input[name=code]");
    if (field) field.value = label ? fragment : "";
    const button = form.querySelector("button");
    if (button && label) button.textContent = label;
  }

  function lookup(shown) {
    const form = part("lookup");
    if (!form) return;
    form.hidden = !shown;
    const field = form.querySelector("input[name=number]");
    if (field && !field.value && location.pathname.startsWith("/v/")) field.value = numberInAddress();
  }

  function numberInAddress() {
    return decodeURIComponent(location.pathname.split("/").pop());
  }

  let turn = 0; // a newer code overtakes an older one that is still being checked

  async function check() {
    turn += 1;
    const mine = turn;
    const fragment = location.hash.slice(1);
    const number = numberInAddress();
    ["facts", "steps", "age"].forEach((id) => fill(part(id), []));
    ladder(null);
    offer("", "");
    if (!fragment) {
      show("ASK");
      lookup(true);
      return;
    }
    if (!self.isSecureContext || !self.crypto || !self.crypto.subtle) {
      show("CANNOT_CHECK");
      lookup(true);
      offer(fragment, words.send);
      return;
    }
    show("WAIT");
    let result;
    try {
      result = await collect(fragment, number);
    } catch (error) {
      result = { keysMissing: true };
    }
    if (mine !== turn) return;
    if (result.keysMissing && (!result.reason || result.reason === "unknown_key")) {
      show("CANNOT_CHECK"); // without keys nothing can be said, neither good nor bad
      lookup(true);
      offer(fragment, words.send);
      return;
    }
    draw(result);
    lookup(!result.payload);
    offer(fragment, result.payload ? words.photo : "");
    Promise.all([worker, ...kept]).then(() => { box.dataset.offline = "ready"; }, () => undefined);
  }

  self.addEventListener("hashchange", check);
  self.addEventListener("online", check);
  check();
})();
