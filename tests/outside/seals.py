"""pyHanko as an outside validator: nothing but its own library, the root certificate and the files to judge.

  order   root (PEM), moment (ISO), papers {name: base64}
  answer  {name: {intact, trusted, whole, seals} or {error}}
"""

from __future__ import annotations

import base64
import json
import logging
import sys
import warnings
from datetime import datetime
from io import BytesIO
from typing import Any

warnings.simplefilter("ignore")

from asn1crypto import pem, x509  # noqa: E402
from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: E402
from pyhanko.sign.validation import validate_pdf_signature  # noqa: E402
from pyhanko.sign.validation.status import SignatureCoverageLevel  # noqa: E402
from pyhanko_certvalidator import ValidationContext  # noqa: E402

logging.disable(logging.CRITICAL)


def judge(paper: bytes, root: x509.Certificate, moment: datetime) -> dict[str, Any]:
    """The state of the only seal, or why there is none."""
    try:
        seals = PdfFileReader(BytesIO(paper)).embedded_signatures
        context = ValidationContext(trust_roots=[root], moment=moment, allow_fetching=False)
        status = validate_pdf_signature(seals[0], context)
    except Exception as no:
        return {"error": f"{type(no).__name__}: {no}"}
    return {
        "intact": status.intact and status.valid,
        "trusted": status.trusted,
        "bottom_line": status.bottom_line,
        "whole": status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
        "seals": len(seals),
    }


def main() -> None:
    """Answer one order."""
    order = json.load(sys.stdin)
    root = x509.Certificate.load(pem.unarmor(order["root"].encode())[2])
    moment = datetime.fromisoformat(order["moment"])
    judged = {name: judge(base64.b64decode(data), root, moment) for name, data in order["papers"].items()}
    json.dump(judged, sys.stdout)


main()
