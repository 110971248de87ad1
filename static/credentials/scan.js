// The camera and the album of /scan: finds a QR code and hands it to shell.js. Only the part of the picture inside the
// frame is read. Pictures stay here, unless this device finds nothing in one: then the server is asked.
//
// The page brings: #finder[data-state] with video, .window, #aim, #torch, #again · #heard with h2, p · form#album.
// On #finder data-file is the worker that reads codes, data-later the reader it needs (may be missing).
(function () {
  "use strict";

  const words = self.Words.scan, shell = self.Shell;
  const part = (id) => document.getElementById(id);
  const finder = part("finder"), video = finder.querySelector("video"), frame = finder.querySelector(".window");
  const aim = part("aim"), torch = part("torch"), again = part("again"), heard = part("heard"), album = part("album");
  const EVERY_MS = 120, LIVE_SIDE = 720, MARGIN = 1.2, SIDES = [640, 1000, 1600, 420, 2400], PATIENCE_MS = 1500;
  const UPLOAD_SIDE = 2000, LONGEST = 80;

  // ---- reading one picture: the browser's own detector, else jsQR in a worker

  let native = null;

  async function findNative() {
    try {
      const formats = await self.BarcodeDetector.getSupportedFormats();
      native = formats.includes("qr_code") ? new self.BarcodeDetector({ formats: ["qr_code"] }) : null;
    } catch (error) {
      native = null; // most browsers have none
    }
  }

  function canRead() {
    return Boolean(native || finder.dataset.later);
  }

  function reader() {
    let worker = null;

    function ask(image) {
      if (!worker) worker = new Worker(finder.dataset.file);
      return new Promise((resolve, reject) => {
        worker.onmessage = (event) => resolve(event.data);
        worker.onerror = reject;
        const { data, width, height } = image;
        worker.postMessage({ jsqr: finder.dataset.later, data: data.buffer, width, height }, [data.buffer]);
      });
    }

    return {
      async read(canvas) {
        if (native) {
          try {
            const found = await native.detect(canvas);
            return found.length ? found[0].rawValue : "";
          } catch (error) {
            native = null; // it promised more than it can do: the worker takes over
          }
        }
        if (!finder.dataset.later) throw new Error("no reader");
        return ask(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height));
      },
      close() {
        if (worker) worker.terminate();
        worker = null;
      },
    };
  }

  // ---- the camera

  let run = 0; // a number for each opening: what belongs to an older one stops
  let stream = null;

  function say(state, text) {
    finder.dataset.state = state;
    aim.textContent = text;
    again.hidden = ["starting", "looking"].includes(state);
    const faulty = FAULTY.includes(state);
    finder.classList.toggle("faulty", faulty);
    again.querySelector("span").textContent = faulty ? words.reopen : words.again;
    if (state !== "looking") torch.hidden = true;
  }

  function tell(pair, url) {
    heard.querySelector("h2").textContent = pair[0];
    heard.querySelector("p").textContent = pair[1];
    const link = heard.querySelector("a");
    link.hidden = !url;
    if (url) link.setAttribute("href", url);
    heard.hidden = false;
  }

  function trouble(state) {
    stop();
    say(state, words[state][1]);
    const title = document.createElement("b");
    title.textContent = words[state][0];
    aim.prepend(title);
  }

  function stop() {
    run += 1;
    if (stream) stream.getTracks().forEach((track) => track.stop());
    stream = null;
    video.srcObject = null;
  }

  const FAULTY = ["denied", "missing", "busy", "insecure", "noreader"];
  const FAULTS = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing", OverconstrainedError: "missing" };

  async function start() {
    stop();
    const mine = run;
    heard.hidden = true;
    finder.hidden = false;
    say("starting", words.starting);
    if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return trouble("insecure");
    await findNative();
    if (!canRead()) return trouble("noreader");
    let opened;
    try {
      const wanted = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } };
      opened = await navigator.mediaDevices.getUserMedia({ audio: false, video: wanted });
    } catch (error) {
      if (mine === run) trouble(FAULTS[error.name] || "busy");
      return undefined;
    }
    if (mine !== run) return opened.getTracks().forEach((track) => track.stop());
    stream = opened;
    video.srcObject = stream;
    await video.play().catch(() => undefined);
    say("looking", words.looking);
    light(stream.getVideoTracks()[0]);
    return look(mine);
  }

  function light(track) {
    const can = track.getCapabilities ? track.getCapabilities() : {};
    torch.hidden = !can.torch;
    torch.setAttribute("aria-pressed", "false");
    torch.onclick = () => {
      const on = torch.getAttribute("aria-pressed") !== "true";
      track.applyConstraints({ advanced: [{ torch: on }] }).then(() => torch.setAttribute("aria-pressed", String(on)), () => undefined);
    };
  }

  // What of the video lies inside the frame on the screen, and a little around it. The video covers its box.
  function cut(canvas) {
    const shown = video.getBoundingClientRect(), hole = frame.getBoundingClientRect();
    const scale = Math.max(shown.width / video.videoWidth, shown.height / video.videoHeight);
    const side = Math.min((hole.width * MARGIN) / scale, video.videoWidth, video.videoHeight);
    const left = video.videoWidth / 2 + (hole.left + hole.width / 2 - shown.left - shown.width / 2) / scale - side / 2;
    const top = video.videoHeight / 2 + (hole.top + hole.height / 2 - shown.top - shown.height / 2) / scale - side / 2;
    const within = (value, size) => Math.max(0, Math.min(value, size - side));
    canvas.width = canvas.height = Math.round(Math.min(side, LIVE_SIDE));
    canvas.getContext("2d", { willReadFrequently: true }).drawImage(
      video, within(left, video.videoWidth), within(top, video.videoHeight), side, side, 0, 0, canvas.width, canvas.height,
    );
  }

  async function look(mine) {
    const canvas = document.createElement("canvas"), held = reader();
    const pause = () => new Promise((resolve) => { setTimeout(resolve, EVERY_MS); });
    try {
      while (mine === run) {
        if (video.readyState >= 2 && video.videoWidth) {
          cut(canvas);
          const text = await held.read(canvas);
          if (mine !== run) return;
          if (text) {
            stop();
            say("read", words.read);
            if (navigator.vibrate) navigator.vibrate(60);
            understand(text);
            return;
          }
        }
        await pause();
      }
    } catch (error) {
      if (mine === run) trouble("noreader");
    } finally {
      held.close();
    }
  }

  // ---- what was read

  function plain(text) {
    const clean = Array.from(text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, " "));
    return clean.length > LONGEST ? `${clean.slice(0, LONGEST).join("")}…` : clean.join("");
  }

  function address(text) {
    try {
      const url = new URL(text);
      return ["http:", "https:"].includes(url.protocol) ? url : null;
    } catch (error) {
      return null;
    }
  }

  function understand(text) {
    const url = address(text.trim());
    if (!url) {
      const number = /^[A-Z]{1,2}[A-Z0-9-]{8,38}$/i.test(text.trim()) ? text.trim().toUpperCase() : "";
      if (number) part("number").value = number;
      tell(number ? words.number : words.text(plain(text)));
      return;
    }
    const ours = [location.host, new URL(shell.base).host].includes(url.host);
    const found = /^\/v\/([^/]+)$/.exec(url.pathname);
    const fragment = url.hash.slice(1);
    let number = "";
    try {
      number = found ? decodeURIComponent(found[1]) : "";
    } catch (error) {
      number = ""; // a number with a broken escape is none
    }
    if (number && fragment) {
      if (ours) shell.open(number, fragment);
      else shell.foreign(number, fragment, url.host);
    } else if (number && ours) {
      part("number").value = number.slice(0, 40);
      tell(words.number);
    } else if (ours) {
      tell(words.ours, url.pathname + url.search);
    } else {
      tell(words.link(url.host));
    }
  }

  // ---- a picture from the album

  function drawn(source, longest) {
    const width = source.width || source.naturalWidth, height = source.height || source.naturalHeight;
    const scale = Math.min(1, longest / Math.max(width, height)), canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    canvas.getContext("2d", { willReadFrequently: true }).drawImage(source, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  async function opened(file) {
    if (self.createImageBitmap) {
      try {
        return await createImageBitmap(file);
      } catch (error) {
        // Safari 14 makes none from files: the way round below
      }
    }
    return new Promise((resolve, reject) => {
      const from = new FileReader(), image = new Image();
      from.onload = () => { image.src = from.result; };
      from.onerror = image.onerror = reject;
      image.onload = () => resolve(image);
      from.readAsDataURL(file);
    });
  }

  // Several sizes, since a code may be too small in one and too noisy in another; never longer than the budget.
  async function readPicture(source) {
    const held = reader(), until = performance.now() + PATIENCE_MS, tried = new Set();
    const enough = new Promise((resolve) => { setTimeout(() => resolve(""), PATIENCE_MS); });
    try {
      for (const side of SIDES) {
        if (performance.now() >= until) break;
        const canvas = drawn(source, side), size = `${canvas.width}x${canvas.height}`;
        if (!tried.has(size)) {
          tried.add(size);
          const text = await Promise.race([held.read(canvas), enough]);
          if (text) return text;
        }
      }
    } catch (error) {
      // no reader here: the server has one
    } finally {
      held.close();
    }
    return "";
  }

  // Smaller, and without what a camera writes about place and time; the picture itself if the browser cannot.
  async function shrink(source, field) {
    try {
      const blob = await new Promise((resolve) => { drawn(source, UPLOAD_SIDE).toBlob(resolve, "image/jpeg", 0.92); });
      const parcel = new DataTransfer();
      parcel.items.add(new File([blob], "photo.jpg", { type: "image/jpeg" }));
      field.files = parcel.files;
    } catch (error) {
      // sent as it is
    }
  }

  async function reachable() {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), 2 * PATIENCE_MS);
    try {
      return (await fetch("/livez", { cache: "no-store", signal: stop.signal })).ok;
    } catch (error) {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  async function picture(field) {
    const file = field.files[0];
    if (!file) return tell(words.nothing);
    stop();
    heard.hidden = true;
    say("picture", words.picture);
    part("album-state").textContent = words.picture;
    let source = null, text = "";
    try {
      source = await opened(file);
      text = await readPicture(source);
    } catch (error) {
      // no picture that this browser can open: the server may
    }
    if (text) {
      part("album-state").textContent = "";
      field.value = "";
      say("read", words.read);
      return understand(text);
    }
    if (!(await reachable())) {
      part("album-state").textContent = "";
      say("offline", words.offline[0]);
      return tell(words.offline);
    }
    part("album-state").textContent = words.upload;
    say("upload", words.upload);
    if (source) await shrink(source, field);
    return album.submit();
  }

  // ---- coming and going

  self.addEventListener("scan", () => {
    document.title = words.title;
    if (finder.dataset.later) shell.keep(finder.dataset.later);
    start();
  });
  self.addEventListener("leave-scan", () => { stop(); finder.hidden = true; heard.hidden = true; });
  self.addEventListener("pagehide", stop);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && stream) { stop(); finder.dataset.state = "away"; }
    else if (!document.hidden && finder.dataset.state === "away") start();
  });
  again.addEventListener("click", start);
  album.classList.add("live");
  album.querySelector("input[type=file]").addEventListener("change", (event) => { picture(event.target); });
})();
