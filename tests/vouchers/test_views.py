"""The pages of vouchers: drafted, approved, issued and claimed, each by the person who does it in life."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from skills.accounts.rules import Role
from skills.kernel.actors import Actor, Grant
from skills.kernel.sessions import Sessions
from skills.vouchers import queries
from tests.courses.test_views import Visitors, press, text_of, visitors
from tests.people_and_bodies import acting
from tests.vouchers.stage import Stage

__all__ = ["visitors"]


def form_of(stage: Stage) -> dict[str, object]:
    day = stage.world.today
    return {
        "title": "满天星毕业生培训券", "programme": "mantianxing", "training_type": "employment", "district": "500112",
        "groups": ["graduate_of_year"], "scope_form": "general", "value_form": "face", "face": "1200",
        "percent": "100", "payee": "institution",
        "count_ceiling": "100", "money_ceiling": "120000", "claim_from": day.isoformat(),
        "claim_until": (day + timedelta(days=60)).isoformat(), "life_months": "3", "zone": "", "policy_source": "措施第12条",
    }  # fmt: skip


def test_from_draft_to_a_voucher_in_the_wallet_by_pages(visitors: Visitors) -> None:
    world = visitors.world
    stage = Stage(world)
    person = stage.person()
    number = stage.document(1)
    clerk, checker = visitors.come(acting(Role.GOV_CLERK, "c1")), visitors.come(acting(Role.GOV_CHECKER, "c2"))
    drafted = press(clerk, "/gov/batches/new", "/gov/batches/new", **form_of(stage))
    assert drafted.status_code == 303
    page = drafted.headers["Location"]
    assert f"{page}/approve" not in text_of(clerk.get(page)), "who drafted is not offered the approval"
    assert press(checker, page, f"{page}/approve").status_code == 303
    assert press(clerk, page, f"{page}/open").status_code == 303
    sheet = f"姓名,证件类型,证件号码\n学员,居民身份证,{number}\n无名,居民身份证,11010119900307123X\n".encode()
    listed = press(clerk, page, f"{page}/list", file=(io.BytesIO(sheet), "list.csv"))
    assert listed.status_code == 303
    assert press(clerk, page, f"{page}/issue").status_code == 303
    world.run_jobs()
    learner = visitors.come(acting(Role.PERSON, "p1", person=person))
    wallet = text_of(learner.get("/me/vouchers"))
    batch = page.rsplit("/", 1)[1]
    check = f"/me/vouchers/claim/{batch}"
    assert check in wallet
    taken = press(learner, check, check)
    assert taken.status_code == 303
    ticket = text_of(learner.get(taken.headers["Location"]))
    assert "¥1,200" in ticket
    assert "满天星毕业生培训券" in ticket
    assert "1 / 100" in text_of(clerk.get(page))
    world.holds(without=("courses",))


@pytest.mark.row(6)
def test_the_same_tap_twice_gives_one_voucher_and_another_tap_says_why_not(visitors: Visitors) -> None:
    stage = Stage(visitors.world)
    batch, person = stage.open(), stage.person()
    stage.issue(batch, person)
    learner = visitors.come(acting(Role.PERSON, "p1", person=person))
    check = f"/me/vouchers/claim/{batch}"
    page = learner.get(check).get_data(as_text=True)
    from tests.courses.test_views import hidden

    order = {"csrf_token": hidden(page, "csrf_token"), "key": hidden(page, "key")}
    first, again = learner.post(check, data=order), learner.post(check, data=order)
    assert first.headers["Location"] == again.headers["Location"]
    other = learner.post(check, data={**order, "key": "another-key"})
    assert other.status_code == 409
    assert len(visitors.world.ask(queries.wallet, person, visitors.world.today)) == 1
    visitors.world.holds(without=("courses",))


def test_somebody_elses_voucher_does_not_exist_and_institutions_have_no_list(visitors: Visitors) -> None:
    stage = Stage(visitors.world)
    batch, person = stage.open(), stage.person()
    stage.issue(batch, person)
    mine = stage.claim(batch, person)
    stranger = visitors.come(acting(Role.PERSON, "p2", person=stage.person()))
    assert stranger.get(f"/me/vouchers/{mine}").status_code == 404
    assert stranger.get("/me/vouchers/claim/nothing").status_code == 404
    school = visitors.come(acting(Role.INSTITUTION_ADMIN, "s", organisation=stage.school))
    for path in ("/me/vouchers", "/gov/batches", f"/gov/batches/{batch}", f"/me/vouchers/{mine}", "/api/v1/batches"):
        assert school.get(path).status_code == 403, path
    offered = {rule.rule for rule in visitors.world.app.url_map.iter_rules() if "voucher" in rule.rule}
    assert not {rule for rule in offered if rule.startswith(("/org", "/ent"))}


@pytest.mark.parametrize(
    ("field", "value"),
    [("face", "12.345"), ("face", "-1"), ("count_ceiling", "0"), ("claim_until", "not a day"), ("policy_source", ""),
     ("title", ""), ("life_months", "99"), ("district", "999999")],
)  # fmt: skip
def test_an_impossible_batch_is_shown_again_with_its_faults(visitors: Visitors, field: str, value: str) -> None:
    stage = Stage(visitors.world)
    clerk = visitors.come(acting(Role.GOV_CLERK, "c1"))
    told = press(clerk, "/gov/batches/new", "/gov/batches/new", **{**form_of(stage), field: value})
    assert told.status_code == 422
    assert visitors.world.ask(queries.batches, None, visitors.world.today) == []


def test_a_file_that_is_no_list_is_refused_in_both_languages(visitors: Visitors) -> None:
    stage = Stage(visitors.world)
    batch = stage.open()
    clerk = visitors.come(acting(Role.GOV_CLERK, "c1"))
    page = f"/gov/batches/{batch}"
    for lang, word in (("zh", "证件号码"), ("en", "column")):
        clerk.set_cookie("lang", lang, domain="localhost")
        told = press(clerk, page, f"{page}/list", file=(io.BytesIO("甲,乙\n1,2\n".encode()), "x.csv"))
        assert told.status_code == 409
        assert word in told.get_data(as_text=True)
    assert press(clerk, page, f"{page}/list", file=(io.BytesIO(b"\x89PNG...."), "x.xlsx")).status_code == 409
    assert press(clerk, page, f"{page}/list").status_code == 409


def test_a_district_sees_its_own_figures_of_a_citys_batch_and_odd_pages_do_no_harm(visitors: Visitors) -> None:
    stage = Stage(visitors.world)
    batch = stage.open(district="500000")
    stage.issue(batch, stage.person(), stage.person())
    grants = frozenset({Grant("gov.see", None, "500101")})
    elsewhere = visitors.come(Actor("d", "d", None, grants))
    page = text_of(elsewhere.get(f"/gov/batches/{batch}"))
    assert "渝北区" not in page.split("<main")[1]
    for after in ("9" * 40, "-1", "x", "٣"):
        assert elsewhere.get(f"/gov/batches/{batch}?lines=issued&after={after}").status_code == 200, after


def test_the_sample_list_opens_as_a_table(visitors: Visitors) -> None:
    from skills.kernel.sheets import read

    clerk = visitors.come(acting(Role.GOV_CLERK, "c1"))
    for form in ("csv", "xlsx"):
        data = clerk.get(f"/gov/batches/list-template.{form}").data
        assert read(data).rows[0] == ("姓名", "证件类型", "证件号码")


def test_the_api_claims_once_for_a_key(visitors: Visitors) -> None:
    stage = Stage(visitors.world)
    batch, person = stage.open(), stage.person()
    stage.issue(batch, person)
    visitors.come(acting(Role.PERSON, "p1", person=person))
    token = visitors.world.tool(Sessions).begin("p1", visitors.world.clock.now(), kind="token")
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "a-key-of-mine-1"}
    program = visitors.world.client()
    assert program.get("/api/v1/me/vouchers", headers=headers).get_json()["offers"][0]["claimable"]
    first = program.post("/api/v1/vouchers/claims", json={"batch_id": batch}, headers=headers)
    again = program.post("/api/v1/vouchers/claims", json={"batch_id": batch}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    held = program.get("/api/v1/me/vouchers", headers=headers).get_json()["vouchers"]
    assert [(v["state"], v["face"]) for v in held] == [("claimed", 120_000)]
    visitors.world.holds(without=("courses",))


def test_a_voucher_that_was_issued_in_error_is_taken_back_by_its_number(visitors: Visitors) -> None:
    world, here = visitors.world, "/gov/batches"
    stage = Stage(world)
    batch, first, second = stage.open(), stage.person(), stage.person()
    stage.issue(batch, first, second)
    vouchers = [stage.claim(batch, person) for person in (first, second)]
    clerk, checker = visitors.come(acting(Role.GOV_CLERK, "c1")), visitors.come(acting(Role.GOV_CHECKER, "c2"))
    assert "/gov/vouchers/void" not in text_of(clerk.get(here))
    assert vouchers[0] in text_of(visitors.come(acting(Role.PERSON, "p1", person=first)).get(f"/me/vouchers/{vouchers[0]}"))
    order = {"voucher": f" {vouchers[0].lower()} ", "reason": "重复发放"}
    for change, status in (({"voucher": ""}, 422), ({"reason": " "}, 422), ({"voucher": "01UNKNOWN"}, 404)):
        assert press(checker, here, "/gov/vouchers/void", **{**order, **change}).status_code == status
    assert press(checker, here, "/gov/vouchers/void", **order).status_code == 303
    assert press(checker, here, "/gov/vouchers/void", **order).status_code == 409
    token = world.tool(Sessions).begin("c2", world.clock.now(), kind="token")
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "void-1"}
    done = world.client().post(f"/api/v1/vouchers/{vouchers[1]}/void", json={"reason": "误发"}, headers=headers)
    assert (done.status_code, done.get_json()["state"]) == (200, "void"), done.get_data(as_text=True)
    for person, reason in ((first, "重复发放"), (second, "误发")):
        assert world.ask(queries.wallet, person, world.today)[0].state == "void"
        assert reason in text_of(visitors.come(acting(Role.PERSON, f"p-{person}"[:20], person=person)).get("/inbox"))
    world.holds(without=("courses",))
