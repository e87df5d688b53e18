"""No review that was accepted is lost or counted twice, however often the server is killed.

Eight clients review over HTTP and write down what they sent and what was acknowledged, each into a journal
of its own that is forced to disk. The server is killed at random moments; at the end the database must hold
every acknowledged review exactly once, with the same text.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from . import serving

KILLS = int(os.environ.get("ASSAY_KILLS", "200"))
SEED = int(os.environ.get("ASSAY_SEED", "20260310"))
CLIENTS, DECISIONS = 8, 2500
NO_ANSWER = (OSError, http.client.HTTPException)


class Journal:
    """What one client saw, on disk before the next step is taken."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("a", encoding="utf-8")

    def write(self, **line: Any) -> None:
        self.file.write(json.dumps(line) + "\n")
        self.file.flush()
        os.fsync(self.file.fileno())


def review(number: int, *, port: int, token: str, folder: Path, stop: threading.Event) -> None:
    """Claim and submit until told to stop; give up on some answers that never came, retry the others."""
    random_ = random.Random(f"{SEED}-{number}")
    caller = serving.Caller(port=port, token=token)
    journal = Journal(folder / f"{number}.jsonl")
    count = 0
    while not stop.is_set():
        try:
            status, held = caller.post("/api/reviews/claim")
        except NO_ANSWER:
            # Eight clients that knock without a pause would take the machine from the server they wait for.
            time.sleep(0.05)
            continue
        if status == 204:
            return
        if status != 200:
            journal.write(did="strange", status=status, body=held)
            return
        count += 1
        line = {"task": held["task_id"], "key": f"{number}-{count}", "note": f"{number}/{count} ñ"}
        body = {"fencing_token": held["fencing_token"], "outcome": "approve", "note": line["note"]}
        journal.write(did="sent", **line)
        _submit(caller, journal, line, body, gives_up=random_.random() < 0.1)
        time.sleep(random_.random() * 0.03)


def _submit(
    caller: serving.Caller, journal: Journal, line: dict[str, str], body: dict[str, Any], *, gives_up: bool
) -> None:
    was_unknown = False
    while True:
        try:
            status, told = caller.post(f"/api/reviews/tasks/{line['task']}/verdict", body, key=line["key"])
        except NO_ANSWER:
            if not was_unknown:
                journal.write(did="unknown", **line)
            was_unknown = True
            if gives_up:
                return
            time.sleep(0.05)
            continue
        journal.write(did="ack" if status == 200 else "refused", status=status, told=told, **line)
        return


def lines_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.open(encoding="utf-8")]


def killed_loop(env: dict[str, str], folder: Path) -> dict[str, Any]:
    """Run clients against a server that is killed again and again; return what the database holds then."""
    random_ = random.Random(SEED)
    tokens = serving.call("prepare", str(DECISIONS), str(CLIENTS), env=env)
    stop = threading.Event()
    with serving.servers(env) as server:
        clients = [
            threading.Thread(
                target=review,
                args=(number,),
                kwargs={"port": server.port, "token": token, "folder": folder, "stop": stop},
            )
            for number, token in enumerate(tokens)
        ]
        for client in clients:
            client.start()
        for _ in range(KILLS):
            time.sleep(random_.uniform(0.005, 0.4))
            server.kill()
            server.start()
        stop.set()
        for client in clients:
            client.join(timeout=60)
        assert not any(client.is_alive() for client in clients)
    return dict(serving.call("verify", env=env))


def check(lines: list[dict[str, Any]], found: dict[str, Any]) -> dict[str, int]:
    """Compare what the clients saw with what the database holds."""
    stored = Counter((task, key, note) for task, key, note in found["verdicts"])
    acks = [(line["task"], line["key"], line["note"]) for line in lines if line["did"] == "ack"]
    known = {(line["task"], line["key"], line["note"]) for line in lines if line["did"] == "sent"}
    per_task = Counter(task for task, _key, _note in found["verdicts"])
    return {
        "acks": len(acks),
        "unknown": sum(line["did"] == "unknown" for line in lines),
        "lost": sum(stored[ack] == 0 for ack in acks),
        "doubled": sum(n > 1 for n in stored.values()) + sum(n > 1 for n in per_task.values()),
        "from_nowhere": len(set(stored) - known),
        "strange": sum(line["did"] == "strange" or line.get("status", 200) >= 500 for line in lines),
    }


def test_killed_server_loses_and_doubles_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "journals"
    folder.mkdir()
    address = os.environ.get("ASSAY_DATABASE", "")
    if address.startswith("postgres"):
        with serving.own_database(address) as own:
            found = killed_loop(serving.environment(tmp_path, ASSAY_DATABASE=own), folder)
    else:
        found = killed_loop(serving.environment(tmp_path), folder)
    result = check(lines_of(folder), found)
    print({"kills": KILLS, "seed": SEED, **result})
    assert (result["lost"], result["doubled"], result["from_nowhere"], result["strange"]) == (0, 0, 0, 0)
    assert found["integrity"] == "ok"
    assert found["bad_entry"] is None
    assert found["entries"] == len(found["verdicts"]) == found["submitted"]
    assert result["acks"] >= KILLS // 4
    assert result["unknown"] > 0


@pytest.mark.parametrize(
    ("verdicts", "fault"),
    [
        ([], "lost"),
        ([["t", "k", "n"], ["t", "k", "n"]], "doubled"),
        ([["t", "k", "n"], ["t", "other", "n"]], "doubled"),
        ([["t", "k", "another text"]], "lost"),
        ([["t", "k", "n"], ["u", "k2", "n"]], "from_nowhere"),
    ],
)
def test_check_reports_each_fault(verdicts: list[list[str]], fault: str) -> None:
    line = {"task": "t", "key": "k", "note": "n"}
    lines = [{"did": "sent", **line}, {"did": "ack", "status": 200, **line}]
    assert check(lines, {"verdicts": [["t", "k", "n"]]})[fault] == 0
    assert check(lines, {"verdicts": verdicts})[fault] > 0
