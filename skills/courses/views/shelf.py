"""Saved courses, versions under review, and what learners say: the pages around the catalogue."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from skills.courses.actions import catalogue as course_acts
from skills.courses.actions import ratings, saved, versions
from skills.courses.actions.ratings import RATE
from skills.courses.actions.saved import SAVE
from skills.courses.forms import CourseForm, ReasonForm
from skills.courses.forms_catalogue import RatingForm, WordsForm
from skills.courses.queries import catalogue, classes, prices
from skills.courses.queries import ratings as rated
from skills.courses.queries import saved as kept
from skills.courses.queries import versions as texts
from skills.courses.queries.catalogue import LISTED
from skills.courses.rules.catalogue import FIELDS, LEADS_TO, MODES, SECTIONS, Change
from skills.courses.rules.classes import KINDS, ZONES
from skills.courses.rules.ratings import MARKS
from skills.courses.states import EnrolmentState
from skills.courses.states.catalogue import VERSION
from skills.courses.views.words import level_word, room
from skills.kernel.errors import Refusal
from skills.standards import queries as standards
from skills.standards.rules import Level
from skills.training_standards import queries as norms
from skills.web import i18n
from skills.web.forms import OrderForm
from skills.web.pages import db, go, lang, me, perform, say, show, tell, today

MANAGE, REVIEW = course_acts.MANAGE, course_acts.PUBLISH
FIELD_WORDS = {
    "title": ("课程名称", "Title"), "kind": ("培训类型", "Kind of training"), "zone": ("专区", "Zone"), "section": ("栏目", "Section"),
    "mode": ("授课方式", "How it is taught"), "leads_to": ("取得证书", "Certificate"), "ability": ("专项职业能力", "Specialised ability"),
    "occupation": ("职业", "Occupation"), "level": ("等级", "Level"), "hours": ("学时", "Class hours"), "fee": ("费用", "Fee"),
    "standard": ("其他标准", "Another standard"), "standard_version": ("培训标准", "Training standard"), "description": ("课程介绍", "Description"),
}  # fmt: skip
CODED = {"kind": KINDS, "zone": ZONES, "section": SECTIONS, "mode": MODES, "leads_to": LEADS_TO}
CHIPS = {"draft": "info", "submitted": "warn", "returned": "bad", "published": "ok", "replaced": "idle", "dropped": "idle"}


def change_words(change: Change) -> tuple[str, str, str]:
    """A change as it is read: field, before, after."""
    return say(*FIELD_WORDS[change.field]), _value(change.field, change.old), _value(change.field, change.new)


def _value(field: str, value: object) -> str:
    if field in CODED:
        return say(*CODED[field].get(str(value), (str(value), str(value))))
    if field == "fee":
        return i18n.yuan(int(str(value)))
    if field == "level":
        return level_word(Level(int(str(value)))) if value else say("不分等级", "No level")
    if field == "standard_version":
        line = norms.named(db(), [str(value)]).get(str(value)) if value else None
        return f"{line.code} {line.title}（{line.number}）" if line else say("不选", "None")
    if field == "occupation":
        return standards.occupation(db(), str(value)).name
    return str(value)


def version_chip(state: str) -> tuple[str, str]:
    """A version's state as a chip."""
    return CHIPS[state], say(*VERSION.words[VERSION.states(state)])


room.context_processor(lambda: {"change_words": change_words, "version_chip": version_chip, "mark_words": {
    name: say(*words) for name, words in MARKS.items()
}})  # fmt: skip


# A person: saved courses, rating ---------------------------------------------------------------------------------


@room.get("/me/saved", may=SAVE, name="saved")
def saved_courses() -> ResponseReturnValue:
    """My saved courses with what each costs me now."""
    courses = kept.saved(db(), me().person_id, today())
    return show("courses/saved.html", courses=courses, mine=prices.prices(db(), me().person_id, today(), courses))


@room.post("/me/saved/<course_id>/save", does=saved.save, name="save_course")
def save_course(course_id: str) -> ResponseReturnValue:
    form = OrderForm()
    perform(saved.save, form.key.data, course_id=course_id)
    tell("已收藏，有新的开班时间或空余名额会告诉你", "Saved. You will hear of new dates and free seats")
    return go("courses.course", course_id=course_id)


@room.post("/me/saved/<course_id>/let-go", does=saved.let_go, name="let_go_course")
def let_go_course(course_id: str) -> ResponseReturnValue:
    form = OrderForm()
    perform(saved.let_go, form.key.data, course_id=course_id)
    tell("已取消收藏", "No longer saved")
    return go("courses.saved")


@room.get("/me/courses/<enrolment_id>/rate", may=RATE, name="rate")
def rate(enrolment_id: str) -> ResponseReturnValue:
    """One screen with five marks."""
    return _rate_page(enrolment_id, RatingForm())


def _rate_page(enrolment_id: str, form: RatingForm, status: int = 200) -> ResponseReturnValue:
    place = classes.place_of(db(), enrolment_id, me().person_id)
    possible = place.state == EnrolmentState.COMPLETED and not rated.rated(db(), enrolment_id)
    least = int(standards.value(db(), rated.LEAST, today()))
    return show("courses/rate.html", status, place=place, form=form, possible=possible, least=least)


@room.post("/me/courses/<enrolment_id>/rate", does=ratings.give, name="give_rating")
def give_rating(enrolment_id: str) -> ResponseReturnValue:
    form = RatingForm()
    if not form.validate_on_submit():
        return _rate_page(enrolment_id, form, 422)
    try:
        done = perform(ratings.give, form.key.data, enrolment_id=enrolment_id, **form.order())
    except Refusal as refusal:
        if refusal.code != "rating.words_refused":
            raise
        form.comment.errors = [f.text for f in i18n.tell_refusal(refusal, lang()).findings]
        return _rate_page(enrolment_id, form, 422)
    tell("谢谢，你的评价已收到", "Thank you, your rating was received")
    return go("courses.course", course_id=done.course_id)


# An institution: the next version, answers -------------------------------------------------------------------------


@room.get("/org/courses/<course_id>/revise", may=MANAGE, name="revise_page")
def revise_page(course_id: str) -> ResponseReturnValue:
    """The next version of a public course; the public text stays until it is reviewed."""
    return _revise_page(course_id, None)


def _revise_page(course_id: str, form: CourseForm | None, status: int = 200) -> ResponseReturnValue:
    course = catalogue.course_of(db(), course_id, me().actor.organisations_for(MANAGE), today())
    open_ = texts.open_version(db(), course_id)
    said = open_.said if open_ else {name: getattr(course, name) for name in FIELDS}
    if form is None and (open_ is None or open_.state != "submitted"):
        form = CourseForm.of(said)
    return show("courses/revise.html", status, course=course, form=form, open=open_, history=texts.history(db(), course_id))


@room.post("/org/courses/<course_id>/revise", does=versions.revise, name="revise_course")
def revise_course(course_id: str) -> ResponseReturnValue:
    form = CourseForm()
    if not form.validate_on_submit():
        return _revise_page(course_id, form, 422)
    perform(versions.revise, form.key.data, course_id=course_id, **form.order())
    tell("新版本已保存，提交审核后由人力社保局审核；公开的仍是现行版本", "The version is saved. The public text stays until it is reviewed")
    return go("courses.revise_page", course_id=course_id)


@room.post("/org/course-versions/<version_id>/submit", does=versions.submit, name="submit_version")
def submit_version(version_id: str) -> ResponseReturnValue:
    form = OrderForm()
    done = perform(versions.submit, form.key.data, version_id=version_id)
    tell("已提交审核", "Sent for review")
    return go("courses.revise_page", course_id=done.course_id)


@room.post("/org/course-versions/<version_id>/drop", does=versions.drop, name="drop_version")
def drop_version(version_id: str) -> ResponseReturnValue:
    form = OrderForm()
    done = perform(versions.drop, form.key.data, version_id=version_id)
    tell("已放弃这个版本", "This version is given up")
    return go("courses.revise_page", course_id=done.course_id)


@room.get("/org/ratings", may=MANAGE, name="own_ratings")
def own_ratings() -> ResponseReturnValue:
    """Comments on the institution's courses, to be answered once."""
    mine = me().actor.organisations_for(MANAGE)
    found = rated.comments_of(db(), mine, today(), request.args.get("after", "")[:26], rated.PAGE + 1)
    return show("courses/own_ratings.html", comments=found[: rated.PAGE], more=len(found) > rated.PAGE, form=WordsForm())


@room.post("/org/ratings/<rating_id>/answer", does=ratings.answer, name="answer_rating")
def answer_rating(rating_id: str) -> ResponseReturnValue:
    form = WordsForm()
    perform(ratings.answer, form.key.data, rating_id=rating_id, words=form.words.data or "")
    tell("答复已公开", "The answer is public")
    return go("courses.own_ratings")


# The bureau: versions, comments ------------------------------------------------------------------------------------


@room.get("/gov/course-versions", may=REVIEW, name="version_list")
def version_list() -> ResponseReturnValue:
    """Changes of public courses that wait for review."""
    found = texts.to_review(db(), request.args.get("after", "")[:26], LISTED + 1)
    return show("courses/version_list.html", versions=found[:LISTED], more=len(found) > LISTED)


@room.get("/gov/course-versions/<version_id>", may=REVIEW, name="version_review")
def version_review(version_id: str) -> ResponseReturnValue:
    """What a version changes, before and after."""
    version = texts.version(db(), version_id)
    moves = {m.name for m in VERSION.open_moves(version.state)}
    return show("courses/version_review.html", version=version, moves=moves, form=ReasonForm())


@room.post("/gov/course-versions/<version_id>/publish", does=versions.publish, name="publish_version")
def publish_version(version_id: str) -> ResponseReturnValue:
    form = OrderForm()
    perform(versions.publish, form.key.data, version_id=version_id)
    tell("新版本已公开", "The version is public")
    return go("courses.version_list")


@room.post("/gov/course-versions/<version_id>/send-back", does=versions.send_back, name="send_back_version")
def send_back_version(version_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(versions.send_back, form.key.data, version_id=version_id, reason=form.reason.data or "")
    tell("已退回补正", "Sent back")
    return go("courses.version_list")


@room.get("/gov/ratings", may=REVIEW, name="all_ratings")
def all_ratings() -> ResponseReturnValue:
    """Comments, the newest first; one that may not stand is hidden with a reason."""
    found = rated.comments_of(db(), None, today(), request.args.get("after", "")[:26], rated.PAGE + 1)
    return show("courses/all_ratings.html", comments=found[: rated.PAGE], more=len(found) > rated.PAGE, form=ReasonForm())


@room.post("/gov/ratings/<rating_id>/hide", does=ratings.hide, name="hide_rating")
def hide_rating(rating_id: str) -> ResponseReturnValue:
    form = ReasonForm()
    perform(ratings.hide, form.key.data, rating_id=rating_id, reason=form.reason.data or "")
    tell("评价文字已隐藏，理由公开", "The comment is hidden, its reason is public")
    return go("courses.all_ratings")
