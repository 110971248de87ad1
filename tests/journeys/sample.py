"""An auditor's sample from the plan to the sealed working paper, each page looked at."""

from __future__ import annotations

from tests.journeys.conftest import Live, Walker


def walk_a_sample(live: Live, auditor: Walker) -> None:
    """Plan, draw, review and close a sample; the auditor is signed in."""
    auditor.go("/audit/samples")
    auditor.fill(purpose="例行抽查", size="2")
    auditor.press("记入计划")
    auditor.look("sample-planned")
    live.work()  # the plan gets its place in the log
    auditor.page.reload()
    auditor.look("sample-ready")
    auditor.press("抽取 2 张")
    auditor.see("总体、种子和样本都与记录一致")
    auditor.look("sample-drawn")
    auditor.page.locator("main tbody a").first.click()
    auditor.tick("不符")
    auditor.press("登记", exact=True)
    auditor.see("须写明发现了什么")
    auditor.look("sample-case-refused")
    auditor.fill(remark="照片与案卷不符")
    auditor.press("登记", exact=True)
    auditor.tick("相符")
    auditor.press("登记", exact=True)
    auditor.see("已核查 2 / 2 张")
    auditor.look("sample-reviewed")
    auditor.fill(words="一张须更正")
    auditor.press("办结", exact=True)
    auditor.see("一张须更正")
    auditor.look("sample-closed")
    with auditor.page.expect_download() as got:
        auditor.page.get_by_role("link", name="工作底稿（PDF）").click()
    assert got.value.path().read_bytes().startswith(b"%PDF-")
    auditor.page.locator("main tbody a").first.click()
    auditor.see("已办结，不能再改")
    auditor.look("sample-case-closed")
