"""How many reviews a second are accepted for good: 32 clients claim and submit over HTTP on loopback.

    python -m benchmarks.claim_submit [--clients 32] [--seconds 15] [--json]

SQLite with synchronous=FULL, granian with two workers of one thread; a review counts when its answer came.
Fails when a task was reviewed twice, when any answer was no success, or below the floor of 100 a second.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from tests.rooms.reviews import serving

FLOOR = 100.0


def client(  # noqa: PLR0917
    caller: serving.Caller, name: int, until: float, took: list[float], done: list[str], bad: list[str]
) -> None:
    count = 0
    while time.monotonic() < until:
        began = time.perf_counter()
        status, held = caller.post("/api/reviews/claim")
        if status != 200:
            if status != 204:
                bad.append(f"claim {status} {held}")
            return
        count += 1
        body = {"fencing_token": held["fencing_token"], "outcome": "approve", "confidence": "high"}
        status, told = caller.post(f"/api/reviews/tasks/{held['task_id']}/verdict", body, key=f"{name}-{count}")
        took.append(time.perf_counter() - began)
        if status != 200:
            bad.append(f"submit {status} {told}")
            return
        done.append(held["task_id"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    took, done, bad = list[float](), list[str](), list[str]()
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
        env = serving.environment(Path(folder))
        decisions = int(asked.seconds * 400)
        tokens = serving.call("prepare", str(decisions), str(asked.clients), env=env)
        with serving.servers(env) as server:
            began = time.monotonic()
            until = began + asked.seconds
            threads = [
                threading.Thread(
                    target=client,
                    args=(serving.Caller(port=server.port, token=token), n, until, took, done, bad),
                )
                for n, token in enumerate(tokens)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            seconds = time.monotonic() - began
        found = serving.call("verify", env=env)
    took.sort()
    result = {
        "clients": asked.clients,
        "seconds": round(seconds, 1),
        "reviews": len(done),
        "reviews_per_second": round(len(done) / seconds, 1),
        "p50_ms": round(1000 * took[len(took) // 2], 1),
        "p95_ms": round(1000 * took[int(len(took) * 0.95)], 1),
        "p99_ms": round(1000 * took[int(len(took) * 0.99)], 1),
        "stored": len(found["verdicts"]),
        "tasks_twice": sum(n > 1 for n in Counter(done).values()),
        "refused": len(bad),
        "audit_chain": "holds" if found["bad_entry"] is None else f"broken at {found['bad_entry']}",
    }
    print(json.dumps(result) if asked.json else "\n".join(f"{k}: {v}" for k, v in result.items()))
    print("\n".join(bad[:5]), file=sys.stderr)
    is_good = not bad and result["tasks_twice"] == 0 and result["stored"] == len(done)
    return 0 if is_good and result["reviews_per_second"] >= FLOOR else 1


if __name__ == "__main__":
    raise SystemExit(main())
