"""The faces of the room: verifying, publishing, the holder's and the issuer's pages."""

from __future__ import annotations

from skills.credentials.views import designer, holder, issuer, log, nation, published, radar, sampling, share, verify
from skills.web.pages import MenuEntry

FACES = [
    verify.room, published.room, log.room, holder.room, issuer.room, designer.room, nation.room, share.room, radar.room,
    sampling.room,
]  # fmt: skip
WINDOWS = {"/api/v1/verifications": verify.window}
MENU = [
    MenuEntry("me", "/me/certificates", "certificate", "证书", "Certificates", dock=True),
    MenuEntry("ent", "/ent/certificates", "certificate", "证书", "Certificates", may="certificate.suspend"),
    MenuEntry("org", "/org/certificates", "certificate", "证书", "Certificates", may="certificate.suspend"),
    MenuEntry("ent", "/ent/designs", "pencil", "证书样式", "Certificate designs", may="design.see"),
    MenuEntry("org", "/org/designs", "pencil", "证书样式", "Certificate designs", may="design.see"),
    MenuEntry("gov", "/gov/designs", "pencil", "证书样式", "Certificate designs", may="design.decide"),
    MenuEntry("gov", "/gov/uploads", "upload", "全国查询上传", "National upload", may="upload.handle"),
    MenuEntry("gov", "/gov/radar", "search", "查验雷达", "Scan radar", may="radar.see"),
    MenuEntry("audit", "/audit/samples", "list", "证书抽查", "Samples", may="audit.sample"),
]
