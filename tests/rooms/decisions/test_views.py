from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assay.rooms.decisions import queries
from assay.rooms.decisions.models import ImportRun, Mapping
from assay.rooms.jobs import worker
from tests.factories import NOW, World, world
from tests.rooms.decisions import files

pytestmark = pytest.mark.django_db


def signed_in(place: World, role: str, site: str = "mexico") -> Client:
    client = Client()
    client.force_login(place.person(role, site))
    return client


def run_jobs() -> None:
    from django.utils import timezone

    worker.run_due(timezone.now())


def upload(client: Client, path: Path) -> Any:
    with path.open("rb") as file:
        return client.post("/imports/new", {"file": file, "log_kind": "decisions"})


def mapping_post(client: Client, address: str, **more: str) -> Any:
    sent: dict[str, Any] = {
        "headings": list(files.HEADINGS),
        "name": "Tool",
        "source": "tool",
        "unit": "org",
        "moment_format": "iso",
        "action": "try",
        **{f"source:{name}": rule["column"] for name, rule in files.SPEC["fields"].items()},
        **more,
    }
    return client.post(address, sent)


def test_empty_list_offers_the_first_import() -> None:
    page = signed_in(world(), "program_manager", "root").get("/imports").content.decode()
    assert "Nothing has been imported yet" in page
    assert "/imports/new" in page


def test_file_goes_from_upload_to_the_log(tmp_path: Path) -> None:
    place = world()
    client = signed_in(place, "program_manager", "root")
    rows = [files.row(n) for n in range(4)] + [files.row(9, site="nowhere")]
    answer = upload(client, files.csv_file(tmp_path, rows))
    assert answer.status_code == 302
    page = client.get(answer.url)
    assert page.status_code == 200
    assert "Zapatos, talla 0" in page.content.decode()
    tried = mapping_post(client, answer.url)
    assert tried.status_code == 302
    run_jobs()
    page = client.get(tried.url).content.decode()
    assert "No site has the code “nowhere”" in page
    assert "Import 4 rows" in page
    assert queries.live_paths("decisions") == ()
    real = client.post(f"{tried.url}/import")
    run_jobs()
    run = ImportRun.objects.get(is_dry_run=False)
    assert real.url == f"/imports/{run.pk}"
    assert files.ledger(run) == (5, 4, 0, 0, 1)
    assert "Mexico" in client.get("/imports").content.decode()


def test_saved_mapping_is_offered_next_time(tmp_path: Path) -> None:
    place = world()
    files.mapping(place.root, name="Weekly")
    client = signed_in(place, "program_manager", "root")
    address = upload(client, files.csv_file(tmp_path, [files.row(1)])).url
    assert "The mapping “Weekly” fits these columns." in client.get(address).content.decode()
    page = client.get(f"{address}?mapping={Mapping.objects.get().pk}").content.decode()
    assert 'value="Weekly"' in page


def test_mapping_page_keeps_what_was_chosen_and_says_what_lacks(tmp_path: Path) -> None:
    client = signed_in(world(), "program_manager", "root")
    address = upload(client, files.csv_file(tmp_path, [files.row(1)])).url
    answer = mapping_post(client, address, **{"source:outcome": "", "name": "Kept name"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Say which column of the file gives “outcome”" in page
    assert "Kept name" in page


def test_unreadable_file_says_what_it_is(tmp_path: Path) -> None:
    client = signed_in(world(), "program_manager", "root")
    path = tmp_path / "list.csv"
    path.write_bytes(b"%PDF-1.7 ...")
    page = client.get(upload(client, path).url)
    assert page.status_code == 422
    assert "The file is PDF, whatever its name says." in page.content.decode()


def test_refused_rows_come_back_mended(tmp_path: Path) -> None:
    place = world()
    client = signed_in(place, "program_manager", "root")
    bad = files.row(2, views="many", text="=SUM(A1)")
    run = files.bring_in(files.mapping(place.root), files.csv_file(tmp_path, [files.row(1), bad]))
    answer = client.get(f"/imports/{run.pk}/refused.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "is not a number in plain digits" in text
    assert "no es un número" in text or "“many”" in text
    assert "'=SUM(A1)" in text
    lines = text.split("\r\n")
    mended = "\r\n".join([lines[0], lines[1].replace(",many,", ",20,")]) if ",many," in lines[1] else text
    mended = mended.replace(",many,", ",20,")
    sent = SimpleUploadedFile("mended.csv", mended.encode("utf-8"))
    answer = client.post(f"/imports/{run.pk}/mend", {"file": sent})
    assert answer.status_code == 302
    run_jobs()
    assert files.ledger(ImportRun.objects.get(mends=run)) == (1, 1, 0, 0, 0)
    kept = queries.decision_store().query("SELECT content_text FROM {log} WHERE decision_id = 'D-2'").to_pylist()
    assert kept == [{"content_text": "=SUM(A1)"}]


def test_upload_over_the_limit_is_refused(tmp_path: Path, settings: Any) -> None:
    settings.ASSAY_UPLOAD_LIMIT_BYTES = 1000
    client = signed_in(world(), "program_manager", "root")
    answer = upload(client, files.csv_file(tmp_path, [files.row(n) for n in range(50)]))
    assert answer.status_code == 413
    assert list((tmp_path / "uploads" / "arriving").iterdir()) == []


def test_announced_size_over_the_limit_is_refused_unread(settings: Any) -> None:
    settings.ASSAY_UPLOAD_LIMIT_BYTES = 1000
    client = signed_in(world(), "program_manager", "root")
    answer = client.post(
        "/imports/new", b"x", content_type="multipart/form-data; boundary=y", CONTENT_LENGTH="99999999"
    )
    assert answer.status_code == 413


def test_upload_without_proof_of_origin_is_refused(tmp_path: Path) -> None:
    place = world()
    client = Client(enforce_csrf_checks=True)
    client.force_login(place.person("program_manager", "root"))
    assert upload(client, files.csv_file(tmp_path, [files.row(1)])).status_code == 403


@pytest.mark.parametrize(
    ("role", "site", "status"),
    [
        ("program_manager", "root", 200),
        ("qa_lead", "mexico", 200),
        ("qa_lead", "dublin", 404),
        ("site_lead", "mexico", 200),
        ("site_lead", "dublin", 404),
        ("administrator", "dublin", 404),
        ("auditor", "mexico", 403),
        ("moderator", "mexico", 403),
        ("trainer", "mexico", 403),
        ("compliance", "mexico", 403),
    ],
)
def test_run_is_seen_within_reach_alone(tmp_path: Path, role: str, site: str, status: int) -> None:
    place = world()
    bad = files.row(2, views="many")
    run = files.bring_in(files.mapping(place.mexico), files.csv_file(tmp_path, [files.row(1), bad]))
    client = signed_in(place, role, site)
    mapping = Mapping.objects.get()
    for address in (f"/imports/{run.pk}", f"/imports/{run.pk}/refused.csv", f"/mappings/{mapping.pk}"):
        assert client.get(address).status_code == status, address


def test_site_lead_may_look_and_not_import(tmp_path: Path) -> None:
    place = world()
    run = files.bring_in(files.mapping(place.mexico), files.csv_file(tmp_path, [files.row(1)]), dry_run=True)
    client = signed_in(place, "site_lead")
    assert client.post(f"/imports/{run.pk}/import").status_code == 403
    assert client.get("/imports/new").status_code == 403


def test_uploaded_file_is_open_only_to_its_sender(tmp_path: Path) -> None:
    place = world()
    address = upload(signed_in(place, "program_manager", "root"), files.csv_file(tmp_path, [files.row(1)])).url
    assert signed_in(place, "administrator", "root").get(address).status_code == 404


def test_list_is_exported_and_filtered(tmp_path: Path) -> None:
    place = world()
    files.bring_in(files.mapping(place.root), files.csv_file(tmp_path, [files.row(1)]))
    client = signed_in(place, "program_manager", "root")
    assert b"".join(client.get("/imports?format=csv").streaming_content).count(b"first.csv") == 1  # type: ignore[attr-defined]
    assert client.get("/imports?format=xlsx").content[:2] == b"PK"
    assert client.get("/imports?format=pdf").status_code == 400
    assert client.get("/imports?state=lost").status_code == 400
    assert "No run is in this state" in client.get("/imports?state=failed").content.decode()


def test_signed_out_reader_is_asked_to_sign_in() -> None:
    answer = Client().get("/imports")
    assert answer.status_code == 302
    assert answer.url.startswith("/sign-in")


def test_number_of_queries_does_not_grow_with_runs(tmp_path: Path, django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    place = world()
    mapping = files.mapping(place.root)
    client = signed_in(place, "program_manager", "root")
    counts = []
    for number in (1, 2, 3):
        files.bring_in(mapping, files.csv_file(tmp_path, [files.row(number)], name=f"{number}.csv"))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get("/imports")
        counts.append(len(captured))
    assert counts[0] == counts[-1]


def test_api_takes_a_file_and_tells_its_ledger(tmp_path: Path) -> None:
    place = world()
    files.mapping(place.root)
    client = signed_in(place, "program_manager", "root")
    path = files.csv_file(tmp_path, [files.row(1), files.row(2, outcome="maybe")])
    with path.open("rb") as file:
        answer = client.post("/api/decisions/imports", {"file": file, "mapping": "tool"})
    assert answer.status_code == 202, answer.content
    run_jobs()
    told = client.get(f"/api/decisions/imports/{answer.json()['id']}").json()
    assert (told["rows_in"], told["accepted"], told["refused"]) == (2, 1, 1)
    assert told["causes"][0]["reason"] == "unknown_word"
    assert NOW is not None


def test_api_refuses_a_large_file_and_an_unknown_mapping(tmp_path: Path, settings: Any) -> None:
    place = world()
    client = signed_in(place, "program_manager", "root")
    path = files.csv_file(tmp_path, [files.row(n) for n in range(50)])
    with path.open("rb") as file:
        assert client.post("/api/decisions/imports", {"file": file, "mapping": "none"}).status_code == 404
    settings.ASSAY_UPLOAD_LIMIT_BYTES = 1000
    with path.open("rb") as file:
        assert client.post("/api/decisions/imports", {"file": file, "mapping": "none"}).status_code == 413
