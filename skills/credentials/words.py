"""Words of verifying, (zh, en) each: verdicts, steps, reasons, and what a level means (pure)."""

from __future__ import annotations

from skills.credentials.inspection.answer import CANNOT_CHECK, ERASED, NO_MATCH, Step
from skills.credentials.verdicts import State

Pair = tuple[str, str]

# What a verdict is called, and the sentence under it.
TITLES: dict[str, tuple[Pair, Pair]] = {
    State.VALID: (("有效", "Valid"), ("由备案机构签发，未被撤销。", "Issued by a filed body and not revoked.")),
    State.EXPIRED: (("已过期", "Expired"), ("证书是真的，但有效期已过。", "The certificate is genuine, but its period has ended.")),
    State.REVOKED: (
        ("已撤销", "Revoked"),
        (
            "不再有效。持证人可向发证机构申请复核，对结果不服可向人力社保部门投诉。",
            "No longer valid. The holder may ask the issuer for a review, then complain to the authority.",
        ),
    ),
    State.SUSPENDED: (
        ("已暂停", "Suspended"),
        ("证书正在核查，暂停使用。请稍后再查，或联系发证机构。", "Under review. Check again later or ask the issuer."),
    ),
    State.SUPERSEDED: (("已换发", "Replaced"), ("已换发新证书，以新证书为准。", "A new certificate replaces this one.")),
    State.NOT_YET_VALID: (("尚未生效", "Not yet valid"), ("签发时间晚于现在。", "Issued later than now.")),
    State.NOT_GENUINE: (
        ("不是本平台签发", "Not issued here"),
        (
            "二维码内容残缺、被改动或系伪造。请重新扫描完整的二维码；如仍如此，请反映。",
            "The code is incomplete, altered or forged. Scan the whole code again; if it stays, report it.",
        ),
    ),
    State.GENUINE_STATUS_OLD: (("真证，状态不是最新", "Genuine, status not current"), ("请稍后再查。", "Check again later.")),
    State.GENUINE_STATUS_UNKNOWN: (("真证，状态未知", "Genuine, status unknown"), ("请稍后再查。", "Check again later.")),
    State.GENUINE_BY_LOG: (
        ("真证，凭日志核实", "Genuine by the log"),
        (
            "签名密钥后来失窃；失窃之前公开日志已有此证。请发证机构换发新证书。",
            "Its key was stolen later; the public log held it before that. Ask the issuer for a new one.",
        ),
    ),
    ERASED: (
        ("有效，但不知是谁的", "Valid, but nobody's name"),
        (
            "编号属实，证书未被撤销；持证人已依法删除个人信息，姓名无从核对。请持证人出示证书二维码或 PDF 原件。",
            "The number is genuine and not revoked; its holder had all personal data erased, so that no name was compared."
            " Ask the holder for the code or the original PDF.",
        ),
    ),
    NO_MATCH: (
        ("没有查到", "No match"),
        ("没有查到编号与姓名相符的证书。", "No certificate with this number and name."),
    ),
    CANNOT_CHECK: (("无法核验", "Could not be checked"), ("没有可以核验的内容。", "There was nothing to check.")),
}

# Who vouches for a valid certificate that is not of a level.
VOUCHED: dict[str, Pair] = {
    "completion": (
        "培训合格证书，由培训机构核发，未被撤销；不代表职业技能等级。",
        "A certificate of training completion, issued by the training institution and not revoked. It is no skill level.",
    ),
    "competition": ("由竞赛主办单位核发，未被撤销。", "Issued by the competition's organiser and not revoked."),
}


# A form that proves itself, of somebody whose data the register has erased.
VALID_ERASED: tuple[Pair, Pair] = (
    ("有效，个人信息已删除", "Valid, personal data erased"),
    (
        "由备案机构签发，未被撤销。持证人已依法删除个人信息：姓名由证书自身的签名证明，登记处不再保存。",
        "Issued by a filed body and not revoked. Its holder had all personal data erased: the name is proved by the"
        " certificate's own signature, the register no longer keeps it.",
    ),
)


def title_of(state: str, kind: str, erased: bool = False) -> tuple[Pair, Pair]:
    """Title and sentence of a verdict over a certificate of a kind; `erased`: of somebody the register has forgotten."""
    if state == State.VALID and erased:
        return VALID_ERASED
    title, why = TITLES[state]
    return title, VOUCHED.get(kind, why) if state == State.VALID else why


STEPS_SAID: dict[Step, Pair] = {
    "format": ("格式", "Format"),
    "signature": ("签名或印章", "Signature or seal"),
    "issuer": ("签发密钥", "Issuing key"),
    "dates": ("日期", "Dates"),
    "status": ("撤销状态", "Revocation status"),
    "log": ("公开日志", "Public log"),
}
MARKS_SAID: dict[bool | None, Pair] = {
    True: ("通过", "passed"),
    False: ("未通过", "failed"),
    None: ("未能核验", "could not be checked"),
}

# Why something is not genuine, or why nothing could be judged. The keys are those of `verdicts.REASONS` and of
# `inspection`.
REASONS: dict[str, Pair] = {
    "empty": ("内容是空的。", "There is nothing in it."),
    "too_large": ("文件超过 5 MB，请压缩后再传。", "Larger than 5 MB: make it smaller and send it again."),
    "kind": (
        "不是本平台能核验的文件：请上传证书 PDF、证书照片（PNG 或 JPEG）或证书数据（JSON）。",
        "Not a file that can be checked: send the certificate's PDF, a picture (PNG or JPEG) or its data (JSON).",
    ),
    "no_code": (
        "没有在图片里读到二维码。请对准二维码重拍，保持清晰、不反光。",
        "No code was found in the picture. Take it again, sharp and without glare.",
    ),
    "other_code": ("图片里的二维码不是本平台的证书码。", "The code in the picture is not one of our certificates."),
    "number_only": (
        "只有编号，不能证明什么。请用编号加姓名查询，或扫描二维码。",
        "A number alone proves nothing: look it up with the name, or scan the code.",
    ),
    "busy": ("本次处理时间已到，这一项没有核验，请单独再传。", "The time was used up before this one: send it again by itself."),
    "line": ("这一行没有读懂：请写“编号 姓名”。", "This line could not be read: write number and name."),
    "twice": ("同一编号给了不同的姓名，只核验第一行。", "The same number with another name: only the first line is checked."),
    "foreign_address": (
        "二维码的网址不是本平台的网址，可能是仿冒网站。",
        "The code leads to another address than ours: it may be a look-alike site.",
    ),
    "no_seal": (
        "PDF 上没有本平台的电子印章，也没有可读的证书二维码。打印或另存会丢失印章，请向持证人索取原文件。",
        "The PDF bears no seal of ours and no readable code. Printing or saving anew loses the seal: ask for the original.",
    ),
    "second_seal": (
        "盖章之后又加了别的签名，已不是原文件。",
        "Another signature was added after the seal: this is not the original file.",
    ),
    "appended": ("盖章之后又追加了内容，已不是原文件。", "Something was added after the seal: this is not the original file."),
    "changed": ("印章与内容不符：文件被改动或系伪造。", "The seal does not fit the contents: altered or forged."),
    "seal_foreign": ("印章不是本平台的，签发者不可信。", "The seal is not ours: its maker is not trusted."),
    "not_certificate": ("印章属实，但这不是证书文件。", "The seal is real, but this is not a certificate."),
    "not_on_record": (
        "签名虽符，但发证记录里没有这份文件，请立即反映。",
        "The signature fits, but the issuer's record does not know this file: please report it.",
    ),
    "log_proof": ("公开日志里没有它的签发记录。", "The public log has no entry of its issue."),
    "log_forked": ("公开日志与您保存的检查点矛盾：历史被改动。", "The log contradicts the checkpoint you hold: history was changed."),
    "json": ("不是证书数据（JSON）。", "Not a credential (JSON)."),
    "context": ("不是本平台的证书数据格式（@context 不同）。", "Not a credential of our form (another @context)."),
    "form": ("证书数据的结构不是本平台的。", "The credential does not have our structure."),
    "foreign_issuer": (
        "由其他签发者签发，本平台不能核验，请到签发者处查询。",
        "Issued by somebody else: ask that issuer.",
    ),
    "other_bytes": (
        "与发证时的数据不是逐字节相同：被改动，或被别的软件重新保存过。请索取原文件。",
        "Not byte for byte what was issued: altered, or saved anew by other software. Ask for the original.",
    ),
    "too_long": ("内容过长，不是本平台的格式。", "Too long to be ours."),
    "encoding": ("二维码内容残缺或被改动。请重新扫描完整的二维码。", "The code is incomplete or altered: scan it whole."),
    "format": ("内容不是本平台的格式。", "Not of our format."),
    "algorithm": ("签名方式不是本平台所用。", "The signature is not of the kind we use."),
    "unknown_key": ("签名密钥不属于本平台。", "The signing key is not ours."),
    "revoked_key": ("签名密钥已作废，请用编号和姓名查询。", "The signing key was withdrawn: look it up by number and name."),
    "signature": ("签名不符：内容被改动或系伪造。", "The signature does not fit: altered or forged."),
    "other_number": ("二维码属于另一张证书，与网址中的编号不符。", "The code belongs to another certificate than the address."),
    "key_window": ("签发时间不在密钥使用期内。", "Made outside the key's period of use."),
}

# What a level means, in short: the general description of each level in the rules for writing national occupational
# standards (国家职业标准编制技术规程), and 人社部发〔2022〕14号 for the three beyond the examined ones.
LEVEL_MEANS: dict[int, Pair] = {
    1: (
        "跟随师傅学习本岗位基本技能，经用人单位转正定级后进入正式等级。",
        "Learns the basic skills of the post beside a master, before being placed in a level.",
    ),
    2: ("能够运用基本技能，独立完成本职业的常规工作。", "Does the routine work of the occupation alone, with basic skills."),
    3: (
        "能够熟练运用基本技能独立完成常规工作；在特定情况下能用专门技能完成较复杂的工作；能够与他人合作。",
        "Does routine work with ease, more complex work in given cases, and works with others.",
    ),
    4: (
        "能够完成较为复杂的工作，包括部分非常规性工作；能够独立处理工作中出现的问题；能够指导和培训初、中级人员。",
        "Does rather complex and partly unusual work, solves problems alone, and guides juniors.",
    ),
    5: (
        "能够完成复杂的、非常规性的工作；掌握关键技能，独立解决技术或工艺难题；能够创新并指导培训高级及以下人员。",
        "Does complex, unusual work, solves technical problems alone, improves methods and trains senior workers.",
    ),
    6: (
        "能够在本职业各个领域完成复杂的、非常规性工作；解决高难度技术问题；组织技术攻关、革新和系统培训。",
        "Masters every field of the occupation, solves the hardest problems and leads improvement and training.",
    ),
    7: (
        "在高级技师之上聘任的岗位：在生产科研一线从事技术技能工作，业绩突出，参照正高级职称人员待遇。",
        "A post above senior technician for outstanding work; treated like a full senior professional title.",
    ),
    8: (
        "在特级技师之上聘任的岗位：为技术技能领域作出重大贡献，本地区、本行业公认技艺精湛。",
        "The highest post: a major contribution to the field and mastery acknowledged by region or trade.",
    ),
}
