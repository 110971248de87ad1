// Reads one QR code out of the pixels of a picture, away from the page's own thread. jsQR comes from the address that
// the page names, once.
"use strict";

self.onmessage = (event) => {
  const { jsqr, data, width, height } = event.data;
  if (!self.jsQR) importScripts(jsqr);
  const found = self.jsQR(new Uint8ClampedArray(data), width, height, { inversionAttempts: "dontInvert" });
  self.postMessage(found ? found.data : "");
};
