// The camera of /org/scan: finds the QR code of a voucher, puts its eight characters into the field and sends the form.
// Without a script, or without a camera, the field and the picture do the same. What the camera sees stays here.
(function () {
  "use strict";

  const part = (id) => document.getElementById(id);
  const finder = part("finder"), field = part("code"), open = part("camera"), aim = part("aim"), classes = part("class_id");
  const photo = part("photo");
  const EVERY_MS = 150, SIDE = 720, CODE = /#([2-9A-HKMNP-TV-Z]{8})$/;

  // Whoever scanned with the phone's own camera comes here with the code after the #.
  const came = CODE.exec(location.href);
  if (came && field) field.value = came[1];
  if (photo) photo.addEventListener("change", () => { if (photo.files.length) field.value = ""; });
  if (!finder || !open || !navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return;

  let native = null, worker = null, stream = null;

  async function detector() {
    try {
      const formats = await self.BarcodeDetector.getSupportedFormats();
      return formats.includes("qr_code") ? new self.BarcodeDetector({ formats: ["qr_code"] }) : null;
    } catch (error) {
      return null; // most browsers have none
    }
  }

  function ask(image) {
    if (!worker) worker = new Worker(finder.dataset.file);
    return new Promise((resolve, reject) => {
      worker.onmessage = (event) => resolve(event.data);
      worker.onerror = reject;
      const { data, width, height } = image;
      worker.postMessage({ jsqr: finder.dataset.later, data: data.buffer, width, height }, [data.buffer]);
    });
  }

  async function read(canvas) {
    if (native) {
      const found = await native.detect(canvas);
      return found.length ? found[0].rawValue : "";
    }
    return ask(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height));
  }

  function stop(text) {
    if (stream) stream.getTracks().forEach((track) => track.stop());
    if (worker) worker.terminate();
    stream = worker = null;
    open.disabled = false;
    finder.hidden = !text;
    aim.textContent = text;
  }

  async function look(video) {
    const canvas = document.createElement("canvas");
    while (stream) {
      if (video.readyState >= 2 && video.videoWidth) {
        const side = Math.min(video.videoWidth, video.videoHeight);
        canvas.width = canvas.height = Math.min(side, SIDE);
        canvas.getContext("2d", { willReadFrequently: true }).drawImage(
          video, (video.videoWidth - side) / 2, (video.videoHeight - side) / 2, side, side, 0, 0, canvas.width, canvas.height,
        );
        const code = CODE.exec(await read(canvas));
        if (code) {
          if (navigator.vibrate) navigator.vibrate(60);
          stop(finder.dataset.read);
          field.value = code[1];
          if (classes.value) field.form.submit();
          else classes.focus();
          return;
        }
      }
      await new Promise((resolve) => { setTimeout(resolve, EVERY_MS); });
    }
  }

  async function start() {
    open.disabled = true;
    const video = finder.querySelector("video");
    native = await detector();
    if (!native && !finder.dataset.later) return stop(finder.dataset.missing);
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: { ideal: "environment" } } });
    } catch (error) {
      return stop(error.name === "NotAllowedError" ? finder.dataset.denied : finder.dataset.missing);
    }
    finder.hidden = false;
    aim.textContent = finder.dataset.aim;
    video.srcObject = stream;
    await video.play().catch(() => undefined);
    return look(video).catch(() => stop(finder.dataset.missing));
  }

  part("camera-row").hidden = false;
  open.addEventListener("click", start);
  self.addEventListener("pagehide", () => stop(""));
})();
