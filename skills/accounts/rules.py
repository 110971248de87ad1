"""Roles and their rights, organisation codes, passwords (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from skills.kernel.findings import Finding, Verdict, all_of, no_fault


class Role(StrEnum):
    """What somebody does here."""

    PERSON = "person"
    INSTITUTION_ADMIN = "institution_admin"
    INSTITUTION_CLERK = "institution_clerk"
    BODY_ADMIN = "body_admin"
    BODY_CLERK = "body_clerk"
    BODY_CHECKER = "body_checker"
    INTERNAL_SUPERVISOR = "internal_supervisor"
    EXAMINER = "examiner"
    INVIGILATOR = "invigilator"
    JUDGE = "judge"
    GOV_CLERK = "gov_clerk"
    GOV_CHECKER = "gov_checker"
    GOV_COUNTER = "gov_counter"
    SUPERVISOR = "supervisor"
    FINANCE = "finance"
    AUDITOR = "auditor"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


# (Chinese, English, home)
WORDS: Mapping[Role, tuple[str, str, str]] = {
    Role.PERSON: ("个人", "Person", "/me"),
    Role.INSTITUTION_ADMIN: ("培训机构管理员", "Institution administrator", "/org"),
    Role.INSTITUTION_CLERK: ("培训机构经办", "Institution clerk", "/org"),
    Role.BODY_ADMIN: ("评价机构管理员", "Assessment body administrator", "/ent"),
    Role.BODY_CLERK: ("评价机构录入", "Assessment body clerk", "/ent"),
    Role.BODY_CHECKER: ("评价机构复核", "Assessment body checker", "/ent"),
    Role.INTERNAL_SUPERVISOR: ("内部督导员", "Internal supervisor", "/ent"),
    Role.EXAMINER: ("考评员", "Examiner", "/exam"),
    Role.INVIGILATOR: ("监考人员", "Invigilator", "/ent"),
    Role.JUDGE: ("裁判员", "Judge", "/exam"),
    Role.GOV_CLERK: ("人社部门经办", "Authority clerk", "/gov"),
    Role.GOV_CHECKER: ("人社部门复核", "Authority checker", "/gov"),
    Role.GOV_COUNTER: ("人社部门窗口", "Authority counter", "/gov"),
    Role.SUPERVISOR: ("督导员", "Supervisor", "/gov"),
    Role.FINANCE: ("财政", "Finance", "/gov"),
    Role.AUDITOR: ("审计", "Auditor", "/audit"),
    Role.SYSTEM_ADMIN: ("系统管理员", "System administrator", "/gov"),
    Role.SECURITY_ADMIN: ("安全管理员", "Security administrator", "/gov"),
    Role.AUDIT_ADMIN: ("审计管理员", "Audit administrator", "/audit"),
}

_BODY = {"filing.see", "plan.see", "certificate.suspend", "inbox.organisation", "duty.see"}
_GOV = {"gov.see", "inbox.organisation"}

GRANTS: dict[Role, frozenset[str]] = {
    Role.PERSON: frozenset(
        {
            "voucher.claim", "enrolment.enrol", "attendance.scan", "helper.name", "application.file", "promotion.apply", "fact.add", "passport.see",
            "entry.enter", "care.ask", "erasure.ask", "subsidy.apply", "lesson.study", "paper.sit",
        }
    ),
    Role.INSTITUTION_ADMIN: frozenset(
        {
            "seminar.apply",
            "completion_exam.mark",
            "course.manage", "class.manage", "class.cancel", "return.file", "return.handle", "staff.manage",
            "certificate.suspend", "certificate.revoke", "care.handle", "care.decide", "inbox.organisation",
            "complaint.hear", "design.see", "design.draft", "design.submit", "code.take", "payee.enter", "statement.submit",
            "advance.ask", "lecturer.propose",
        }
    ),
    Role.INSTITUTION_CLERK: frozenset(
        {
            "seminar.apply",
            "completion_exam.mark",
            "course.manage", "class.manage", "class.cancel", "return.file", "return.handle", "care.handle",
            "inbox.organisation", "design.see", "design.draft", "code.take", "statement.submit", "advance.ask", "lecturer.propose",
        }
    ),
    Role.BODY_ADMIN: frozenset(
        _BODY
        | {
            "filing.submit", "plan.make", "application.enter", "registration.examine", "accommodation.decide", "incident.decide", "return.handle",
            "staff.manage", "certificate.revoke",
            "care.handle", "care.decide", "complaint.hear", "score.publish", "score.sign", "score.correct",
            "design.see", "design.draft", "design.submit",
            "payee.enter", "statement.submit", "order.see", "item.see", "paper.draw", "supervision.see", "supervision.plan",
            "rectification.see", "rectification.answer", "recognition.see", "recognition.propose", "recognition.vote",
            "recognition.publish", "retest.see", "trust.see", "paper.invigilate",
        }
    ),
    Role.BODY_CLERK: frozenset(
        _BODY
        | {
            "plan.make", "application.enter", "registration.examine", "return.handle", "score.enter", "score.correct", "care.handle",
            "design.see", "design.draft", "statement.submit", "order.see",
            "item.see", "item.write", "recognition.see", "recognition.propose", "recognition.vote", "paper.invigilate",
        }
    ),
    Role.BODY_CHECKER: frozenset(
        _BODY
        | {
            "score.enter", "score.sign", "score.correct", "certificate.revoke", "care.handle", "care.decide", "design.see", "design.submit",
            "item.see", "item.review", "recognition.see", "recognition.vote", "registration.examine", "accommodation.decide",
            "incident.decide",
        }
    ),
    Role.INTERNAL_SUPERVISOR: frozenset({"filing.see", "plan.see", "supervision.report", "duty.see", "incident.raise"}),
    Role.EXAMINER: frozenset(
        {
            "score.enter", "exam.see", "duty.see", "panel.mark", "retest.mark", "completion_exam.mark", "training_standard.review",
            "recognition.see", "recognition.vote",
        }
    ),
    Role.INVIGILATOR: frozenset({"plan.see", "duty.see", "room.watch", "paper.invigilate", "incident.raise"}),
    Role.JUDGE: frozenset({"mark.enter", "exam.see", "training_standard.review"}),
    Role.GOV_CLERK: frozenset(
        _GOV
        | {
            "professional.see", "professional.import", "programme.propose",
            "completion_exam.see", "completion_exam.name",
            "person.find", "person.register", "return.handle", "organisation.approve", "batch.draft", "batch.issue", "class.approve", "class.cancel",
            "course.publish", "attendance.correct", "overlap.decide", "waiver.decide",
            "filing.decide", "plan.take", "competition.plan", "fact.compare", "complaint.handle", "policy.propose",
            "promotion.examine", "complaint.see", "care.see", "upload.handle", "succession.propose", "training_standard.draft",
            "radar.see", "erasure.see", "erasure.examine", "dispute.see", "scan.unlock", "case.see", "case.handle", "leave.decide",
            "statement.see", "statement.check", "claw_back.propose", "lecturer.confirm", "platform.propose",
            "inspection.see", "inspection.handle", "supervision.see", "supervision.plan", "rectification.see", "rectification.order",
            "rectification.recheck", "retest.see", "retest.plan", "trust.see", "trust.propose", "delivery.examine", "data.review",
        }
    ),
    Role.GOV_CHECKER: frozenset(
        _GOV
        | {
            "data.review", "professional.see", "programme.approve", "seminar.decide",
            "completion_exam.see", "completion_exam.sign",
            "batch.approve", "attendance.correct", "overlap.decide", "waiver.decide",
            "filing.inspect", "competition.approve", "result.ratify", "policy.release",
            "promotion.grant", "complaint.see", "complaint.handle", "complaint.assign", "person.find", "person.reveal", "person.decide",
            "design.decide",
            "training_standard.publish",
            "care.see", "care.order", "succession.propose", "succession.appoint", "radar.see", "erasure.see", "erasure.decide",
            "dispute.see", "dispute.decide", "scan.unlock", "case.see", "case.handle", "case.assign", "case.confirm",
            "statement.see", "statement.hand_over", "payee.verify", "claw_back.propose", "claw_back.approve", "platform.recognise",
            "inspection.see", "inspection.close", "supervision.see", "supervision.excuse", "rectification.see", "rectification.order",
            "rectification.recheck", "retest.see", "retest.close", "trust.see", "trust.approve", "delivery.release",
        }
    ),
    Role.GOV_COUNTER: frozenset(_GOV | {"person.find", "person.register", "slip.print", "counter.serve"}),
    Role.SUPERVISOR: frozenset(
        {
            "gov.see", "care.see", "case.see", "case.handle", "statement.see", "inspection.see", "inspection.carry_out",
            "supervision.see", "supervision.report", "rectification.see",
        }
    ),
    Role.FINANCE: frozenset({"gov.see", "statement.see", "statement.pay"}),
    Role.AUDITOR: frozenset({"audit.see", "audit.sample"}),
    Role.SYSTEM_ADMIN: frozenset({"gov.see", "standards.load"}),
    Role.SECURITY_ADMIN: frozenset({"gov.see", "role.manage", "staff.manage"}),
    Role.AUDIT_ADMIN: frozenset({"audit.see"}),
}  # fmt: skip

# What a right lets somebody do: (Chinese, English).
RIGHT_WORDS: Mapping[str, tuple[str, str]] = {
    "advance.ask": ("申请预拨", "ask for advances"),
    "application.enter": ("为本单位人员报名考试", "register own people for an exam"),
    "application.file": ("报名考试", "apply for an exam"),
    "attendance.correct": ("审核考勤更正", "decide on corrections of attendance"),
    "attendance.scan": ("本人签到", "write one's own attendance"),
    "audit.sample": ("抽取证书样本并取出案卷", "draw samples of certificates and take their files"),
    "audit.see": ("查看审计日志", "see the audit log"),
    "batch.approve": ("复核券批次", "approve voucher batches"),
    "batch.draft": ("起草券批次", "draft voucher batches"),
    "batch.issue": ("发放培训券", "issue vouchers"),
    "care.ask": ("申请补发、更正、换发、注销本人证书", "ask for the after-care of one's own certificates"),
    "care.decide": ("复核证书补发、更正、换发、作废、注销", "decide on requests about certificates"),
    "care.handle": ("受理和初审证书办理申请、提出撤销、发放证书", "examine requests about certificates, propose revocations"),
    "care.order": ("责令撤销或更正证书", "order bodies to revoke or correct certificates"),
    "care.see": ("查看证书办理", "see the after-care of all bodies"),
    "case.assign": ("交办疑点案件", "give fraud cases to colleagues"),
    "case.confirm": ("复核疑点案件", "confirm fraud cases as the second person"),
    "case.handle": ("核查疑点案件", "look into fraud cases"),
    "case.see": ("查看疑点案件", "see fraud cases"),
    "certificate.revoke": ("决定撤销证书", "decide on revocations"),
    "certificate.suspend": ("暂停和恢复证书", "suspend and reinstate certificates"),
    "claw_back.approve": ("复核追回", "approve claw-backs"),
    "claw_back.propose": ("提出追回", "propose claw-backs"),
    "class.approve": ("审批开班", "approve classes"),
    "class.cancel": ("取消班级", "cancel classes"),
    "class.manage": ("管理班级", "manage classes"),
    "code.take": ("扫持券人出示的券码，为其报名用券", "read the code that a holder shows, and enrol them"),
    "competition.approve": ("批准竞赛", "approve competitions"),
    "competition.plan": ("组织竞赛", "organise competitions"),
    "complaint.assign": ("交办投诉举报", "give complaints to colleagues"),
    "complaint.handle": ("办理投诉举报", "handle complaints"),
    "complaint.hear": ("说明被反映的情况", "answer what one's body is complained of"),
    "complaint.see": ("查看投诉举报", "see complaints"),
    "completion_exam.mark": ("结业考核评分", "mark completion exams of others"),
    "completion_exam.name": ("确定结业考核命题和评分人", "name papers and markers of completion exams"),
    "completion_exam.see": ("查看结业考核", "see completion exams"),
    "completion_exam.sign": ("签发结业考核成绩", "sign completion exams off"),
    "counter.serve": ("窗口代办本人能办的事", "do for a person at the counter what they could do themselves"),
    "course.manage": ("管理课程", "manage courses"),
    "course.publish": ("审核课程", "review courses"),
    "data.review": ("审核考试结果数据、导入证书编号", "review results of exams and take in numbers"),
    "delivery.examine": ("审核结班报告", "examine reports of approved against delivered"),
    "delivery.release": ("复核放行结算", "let a class with deviations through as the second person"),
    "design.decide": ("审核证书样式", "approve designs of certificates"),
    "design.draft": ("设计证书样式、上传印章", "draw up designs and upload seals"),
    "design.see": ("查看证书样式和印章", "see designs and seals"),
    "design.submit": ("报审和启用证书样式、确认印章", "hand in and use designs, confirm seals"),
    "duty.see": ("查看本人的考务工作、声明回避", "see one's own duties at exams, declare ties"),
    "enrolment.enrol": ("选课用券", "choose a course and use a voucher"),
    "entry.enter": ("报名竞赛", "enter competitions"),
    "dispute.decide": ("核查持券人否认的用券", "decide on denied uses of vouchers"),
    "dispute.see": ("查看持券人否认的用券", "see denied uses of vouchers"),
    "lesson.study": ("在线学习、查看本人学时", "learn online, see one's own class hours"),
    "overlap.decide": ("认定同一时段的重叠学习", "decide which of two places at once counts"),
    "leave.decide": ("审核退课申请", "decide on requests to leave a class"),
    "erasure.ask": ("申请删除本人信息", "ask for one's own data to be erased"),
    "erasure.decide": ("复核删除个人信息", "decide on erasures"),
    "erasure.examine": ("初审删除个人信息", "examine requests to be erased"),
    "erasure.see": ("查看删除个人信息的申请", "see requests to be erased"),
    "exam.see": ("查看评分任务", "see marking work"),
    "fact.add": ("填报本人经历", "state own work and schooling"),
    "fact.compare": ("比对经历", "compare facts with lists"),
    "filing.decide": ("审核备案", "decide on filings"),
    "filing.inspect": ("核查、暂停、撤销备案", "inspect, suspend and withdraw filings"),
    "filing.see": ("查看备案", "see filings"),
    "filing.submit": ("提交备案", "submit filings"),
    "gov.see": ("查看业务数据", "see the work of the authority"),
    "helper.name": ("授权亲属代办、替亲属代办", "let a relative help, help a relative"),
    "inbox.organisation": ("接收单位消息", "read the organisation's messages"),
    "lecturer.confirm": ("核验师资、确认入库", "confirm lecturers for the pool"),
    "lecturer.propose": ("推荐教师入库", "propose lecturers for the pool"),
    "inspection.carry_out": ("现场检查班级", "visit classes as an inspector"),
    "inspection.close": ("复核办结过程检查", "close inspections as the second person"),
    "inspection.handle": ("安排过程检查、责令整改", "plan inspections, order what is to be rectified"),
    "inspection.see": ("查看过程检查", "see inspections"),
    "rectification.answer": ("报告整改", "answer orders to put something right"),
    "rectification.order": ("责令整改", "order bodies to put something right"),
    "rectification.recheck": ("复查整改", "check again what was put right"),
    "rectification.see": ("查看整改", "see what bodies are to put right"),
    "retest.close": ("办结复核", "close re-tests"),
    "retest.mark": ("复核评分", "mark re-tests"),
    "retest.plan": ("抽取和安排复核", "draw and arrange re-tests"),
    "retest.see": ("查看复核", "see re-tests"),
    "trust.approve": ("复核恢复发证", "decide whether a body is trusted again"),
    "trust.propose": ("提出恢复发证", "propose to trust a body again"),
    "trust.see": ("查看抽样率", "see how far bodies are trusted"),
    "supervision.excuse": ("准许无督导报告进入公示", "let an exam go on without a report"),
    "supervision.plan": ("抽取督导员", "draw supervisors"),
    "supervision.report": ("督导考试、签署报告", "supervise exams and sign the report"),
    "supervision.see": ("查看督导", "see supervisions"),
    "item.review": ("审题、停用试题、查看答案", "review and retire items, see their keys"),
    "item.see": ("查看题库和试卷", "see item banks and papers"),
    "item.write": ("命题", "write items"),
    "mark.enter": ("录入竞赛评分", "enter competition marks"),
    "order.see": ("查看本单位订单班", "see the order classes of one's own firm"),
    "organisation.approve": ("审核机构、开通其管理员", "approve organisations and let their administrators in"),
    "panel.mark": ("作为考评人员独立打分", "give marks of one's own as an examiner of a panel"),
    "paper.draw": ("编制双向细目表、组卷", "lay down blueprints and draw papers"),
    "paper.invigilate": ("机考监考：开考场、补时、换机、收卷", "watch over papers on screens"),
    "paper.sit": ("参加机考", "sit a paper on a screen"),
    "passport.see": ("查看技能档案", "see the own skill passport"),
    "payee.enter": ("登记收款账户", "enter the account that money goes to"),
    "payee.verify": ("核验收款账户", "verify accounts of payees"),
    "person.decide": ("复核追加的证件", "release further documents of people"),
    "person.find": ("按证件号码查人", "find a person by document"),
    "person.register": ("登记人员", "put people on record"),
    "person.reveal": ("查看完整证件号码", "open a document number"),
    "plan.make": ("编制认定计划", "make exam plans"),
    "plan.see": ("查看认定计划", "see exam plans"),
    "plan.take": ("受理认定计划", "take in exam plans"),
    "platform.propose": ("提出培养平台条目", "propose entries of the register of training platforms"),
    "platform.recognise": ("认定和撤销培养平台", "recognise and withdraw training platforms"),
    "policy.propose": ("提出政策参数", "propose policy values"),
    "policy.release": ("复核政策参数", "release policy values"),
    "professional.import": ("导入继续教育学时和其他机构证书", "import hours and certificates of other issuers"),
    "professional.see": ("查看高级研修和数字技术工程师培育", "see advanced seminars and programmes of engineers"),
    "programme.approve": ("复核数字技术工程师培育机构", "approve programmes of digital engineers"),
    "programme.propose": ("提出数字技术工程师培育和评价机构", "propose programmes of digital engineers"),
    "seminar.apply": ("申报和组织高级研修", "apply for and hold advanced seminars"),
    "seminar.decide": ("审核高级研修", "decide on advanced seminars"),
    "promotion.apply": ("申请竞赛晋升", "apply for a promotion"),
    "promotion.examine": ("审核竞赛晋升", "examine promotions"),
    "promotion.grant": ("批准竞赛晋升", "grant promotions"),
    "radar.see": ("查看查验雷达", "see numbers asked for that never were"),
    "recognition.propose": ("提名直接认定并填写材料", "propose people for recognition, with their evidence"),
    "recognition.publish": ("公示并颁发直接认定证书", "put recognitions on notice and certify"),
    "recognition.see": ("查看直接认定", "see recognitions of one's firm"),
    "recognition.vote": ("参加认定评审", "sit on committees of recognition"),
    "result.ratify": ("核定竞赛成绩", "ratify results"),
    "return.file": ("报送结业数据", "file completions"),
    "return.handle": ("上传和提交数据文件", "upload and hand in files"),
    "role.manage": ("管理本部门人员和角色", "manage the authority's people and roles"),
    "accommodation.decide": ("决定考试合理便利", "decide accommodations for exams"),
    "incident.decide": ("决定违纪是否成立", "decide about misconduct in exams"),
    "incident.raise": ("登记违纪", "note misconduct in exams"),
    "registration.examine": ("资格审核", "examine applications for exams"),
    "room.watch": ("监考：核对考生、写考场记录", "watch exam rooms: see who is there, write the record"),
    "score.correct": ("复核和更正已签发的成绩", "count again and correct signed scores"),
    "score.enter": ("录入成绩", "enter scores"),
    "score.publish": ("公示和发布成绩", "give notice of and publish scores"),
    "score.sign": ("复核签发成绩", "sign scores off"),
    "slip.print": ("打印激活单", "print activation slips"),
    "subsidy.apply": ("申请付给本人的培训补贴", "apply for subsidies that are paid to oneself"),
    "statement.check": ("审核结算单", "check statements"),
    "statement.hand_over": ("公示结算单、移交财政", "put statements on notice and hand them over"),
    "statement.pay": ("登记拨付和退票", "report payments and bounced ones"),
    "statement.see": ("查看结算", "see settlement"),
    "statement.submit": ("编制和申请结算", "draw up statements and apply"),
    "succession.appoint": ("指定承接机构", "appoint successors of bodies that are gone"),
    "succession.propose": ("提出承接机构", "propose successors of bodies that are gone"),
    "scan.unlock": ("解除机构扫码锁定", "unlock the scanning of institutions"),
    "staff.manage": ("管理员工账号", "manage staff accounts"),
    "standards.load": ("载入标准数据", "load reference tables"),
    "training_standard.draft": ("起草培训标准、指定评审专家", "draft training standards, name their experts"),
    "training_standard.publish": ("公示、发布、退回培训标准", "put training standards on notice, publish and send them back"),
    "training_standard.review": ("评审培训标准", "review training standards"),
    "upload.handle": ("办理全国查询系统上传", "handle the upload to the national query system"),
    "waiver.decide": ("审批免修", "decide on waivers"),
    "voucher.claim": ("领取培训券", "claim vouchers"),
}

_BODY_ROLES = frozenset(
    {
        Role.BODY_ADMIN, Role.BODY_CLERK, Role.BODY_CHECKER, Role.INTERNAL_SUPERVISOR, Role.EXAMINER, Role.INVIGILATOR,
    }
)  # fmt: skip
# What a successor may do for the certificates of a body that is gone.
SUCCESSOR_RIGHTS = frozenset(
    {"certificate.suspend", "certificate.revoke", "care.handle", "care.decide", "inbox.organisation"}
)
# What a relative may do in the name of whoever let them; of the actions only those that say `by_helper`.
HELPER_RIGHTS = frozenset({"voucher.claim", "enrolment.enrol"})
# 三权分立: nobody holds two of these.
APART = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
BUREAU = frozenset({Role.GOV_CLERK, Role.GOV_CHECKER, Role.GOV_COUNTER, Role.SUPERVISOR, Role.FINANCE, Role.AUDITOR, *APART})


class OrganisationKind(StrEnum):
    """The legal bodies that take part."""

    BUREAU = "bureau"
    INSTITUTION = "institution"
    ENTERPRISE = "enterprise"
    SOCIAL_BODY = "social_body"
    COLLEGE = "college"


KIND_WORDS = {
    OrganisationKind.BUREAU: ("人力社保部门", "Authority"),
    OrganisationKind.INSTITUTION: ("培训机构", "Training institution"),
    OrganisationKind.ENTERPRISE: ("用人单位", "Employer"),
    OrganisationKind.SOCIAL_BODY: ("社会培训评价组织", "Social assessment body"),
    OrganisationKind.COLLEGE: ("技工院校", "Technical college"),
}

ROLES_OF: Mapping[str, frozenset[Role]] = {
    OrganisationKind.BUREAU: BUREAU,
    OrganisationKind.INSTITUTION: frozenset({Role.INSTITUTION_ADMIN, Role.INSTITUTION_CLERK}),
    OrganisationKind.ENTERPRISE: _BODY_ROLES,
    OrganisationKind.SOCIAL_BODY: _BODY_ROLES,
    OrganisationKind.COLLEGE: _BODY_ROLES | {Role.INSTITUTION_ADMIN, Role.INSTITUTION_CLERK},
}

ADMINISTRATOR_OF: Mapping[OrganisationKind, Role] = {
    OrganisationKind.BUREAU: Role.SECURITY_ADMIN,
    OrganisationKind.INSTITUTION: Role.INSTITUTION_ADMIN,
    OrganisationKind.ENTERPRISE: Role.BODY_ADMIN,
    OrganisationKind.SOCIAL_BODY: Role.BODY_ADMIN,
    OrganisationKind.COLLEGE: Role.BODY_ADMIN,
}

USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
SHORTEST, LONGEST = 10, 128
COMMON = frozenset(
    "1234567890 0123456789 qwertyuiop password12 password123 1q2w3e4r5t woaini1314 a123456789 1234567890a "  # noqa: SIM905
    "qwerty123456 1qaz2wsx3edc admin123456 administrator abcd123456 iloveyou123 88888888888 11111111111".split()
)


def credit_check(body: str) -> str:
    """The 18th character of a 统一社会信用代码 for its first 17 (GB 32100-2015, weights 3^i mod 31)."""
    total = sum(USCC.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return USCC[(31 - total % 31) % 31]


def check_credit_code(text: str) -> Verdict:
    """Whether a text is a 统一社会信用代码: 18 characters without I, O, Z, S, V and a check character."""
    code = unicodedata.normalize("NFKC", text).strip().upper()
    shape = re.fullmatch(f"[{USCC}]{{18}}", code) is not None
    found = [Finding("credit_code.shape", shape, "GB 32100", {"length": len(code)})]
    if shape:
        found.append(Finding("credit_code.check", credit_check(code[:17]) == code[17], "GB 32100"))
    return no_fault("credit_code.refused", found)


def check_password(password: str, *context: str) -> Verdict:
    """Length and guessability, nothing else: no rule about digits and signs, no forced change (ASVS 6.2).

    `context` are words that must not make up the password: login, name, organisation.
    """
    low = password.casefold()
    words = [w.casefold() for w in context if len(w) >= 4]
    return all_of(
        "password.refused",
        [
            Finding("password.length", SHORTEST <= len(password) <= LONGEST, facts={"least": SHORTEST, "most": LONGEST}),
            Finding("password.common", low not in COMMON and len(set(low)) > 3),
            Finding("password.context", not any(w in low for w in words)),
        ],
    )


# What the WHATWG accepts in a field of type "email", with a dot in the domain.
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)


def normal_email(text: str) -> str:
    """An address as it is kept: half-width, the domain in small letters, the part before the @ as it was typed."""
    name, at, domain = unicodedata.normalize("NFKC", text).strip().rpartition("@")
    return f"{name}{at}{domain.casefold()}"


def check_email(text: str) -> Verdict:
    """Whether a text is a mail address; whether it is somebody's own, a code sent there proves."""
    address = normal_email(text)
    return no_fault("email.refused", [Finding("email.shape", len(address) <= 254 and _EMAIL.fullmatch(address) is not None)])


def mask_email(address: str) -> str:
    """First letter and domain: c***@qq.com."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}***@{domain}"


def may_hold(roles: frozenset[Role]) -> Verdict:
    """Whether one account may hold these roles together: system, security and audit administration stay apart."""
    return all_of("role.refused", [Finding("role.apart", len(roles & APART) <= 1)])


# What a browser says of itself, the telling mark first: an Edge also calls itself Chrome, a Chrome also Safari.
_BROWSERS = (
    ("MicroMessenger", "微信", "WeChat"), ("Edg", "Edge", "Edge"), ("HuaweiBrowser", "华为浏览器", "Huawei Browser"),
    ("Firefox", "Firefox", "Firefox"), ("Chrome", "Chrome", "Chrome"), ("Safari", "Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("HarmonyOS", "鸿蒙", "HarmonyOS"), ("Android", "安卓", "Android"), ("iPhone", "iPhone", "iPhone"),
    ("iPad", "iPad", "iPad"), ("Windows", "Windows", "Windows"), ("Mac OS", "Mac", "Mac"), ("Linux", "Linux", "Linux"),
)  # fmt: skip


def device_words(agent: str) -> tuple[str, str]:
    """(Chinese, English) of where somebody is signed in, from what the browser sent: Chrome · 安卓."""
    told = [
        next(((zh, en) for mark, zh, en in marks if mark in agent), None) for marks in (_BROWSERS, _SYSTEMS)
    ]
    words = [pair for pair in told if pair]
    if not words:
        return ("其他程序", "another program") if agent else ("未知设备", "unknown device")
    return " · ".join(zh for zh, _ in words), " · ".join(en for _, en in words)


def may_succeed(gone: str, gone_state: str, successor: str, successor_state: str, document: str) -> Verdict:
    """Whether one organisation may act for the certificates of another: that one is gone, this one is not."""
    return all_of(
        "succession.refused",
        [
            Finding("succession.gone", gone_state in ("suspended", "closed")),
            Finding("succession.able", successor_state == "approved" and successor != gone),
            Finding("succession.document", bool(document.strip())),
        ],
    )
