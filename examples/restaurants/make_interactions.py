"""Write interactions.csv: what 160 invented guests looked at, liked and booked in this town during 2025.

usage: python3 make_interactions.py   (standard library only; same seed and items.jsonl, same file)

A guest has one or two favourite cuisines, a mood they go out for, a purse, perhaps a diet that is never broken, and a
part of town they live in. On an evening each next restaurant is drawn by taste x popularity, and what is looked at is
sometimes clicked, then liked, disliked or accepted (a table was booked). Nothing here comes from real people.

The columns are user,item,event,timestamp; item is an id of items.jsonl, timestamp is UTC seconds.
"""

import csv
import json
import math
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
SEED = 20250214
GUESTS = 160
MOODS = {
    "date": {"romantic", "quiet", "waterfront"},
    "family": {"family-friendly", "outdoor seating"},
    "friends": {"lively", "late night", "live music"},
    "occasion": {"formal", "quiet"},
    "everyday": {"casual", "cosy"},
}
DIETS = ["vegetarian", "vegan", "halal", "gluten-free"]


def make_guest(rng, number, cuisines, areas):
    """One guest's tastes; `purse` is what they like to pay a head, in euros."""
    return {
        "id": f"g{number:03d}",
        "cuisines": rng.sample(cuisines, rng.choice([1, 2, 2, 3])),
        "moods": rng.sample(list(MOODS), rng.choice([1, 2])),
        "diet": rng.choice(DIETS) if rng.random() < 0.3 else None,
        "area": rng.choice(areas),
        "purse": rng.lognormvariate(3.2, 0.45),
        "evenings": max(1, round(rng.lognormvariate(1.1, 0.6))),
    }


def taste(guest, item, mood):
    """Log-weight of a restaurant for a guest who goes out in `mood`; None where the diet rules it out."""
    if guest["diet"] and guest["diet"] not in item["dietary"]:
        return None
    score = 1.6 * bool(set(guest["cuisines"]) & set(item["cuisine"]))
    score += 1.2 * len(MOODS[mood] & set(item["atmosphere"])) / len(item["atmosphere"])
    score += 0.5 * (item["neighbourhood"] == guest["area"])
    return score - 1.4 * abs(math.log(item["price"] / guest["purse"]))


def odds(strength):
    """The logistic function: a chance in (0, 1)."""
    return 1 / (1 + math.exp(-strength))


def reactions(rng, liking):
    """What follows a look at a restaurant."""
    if rng.random() >= odds(liking):
        if rng.random() < 0.08:
            yield "dislike"
        return
    yield "click"
    draw = rng.random()
    if draw < 0.5 * odds(liking):
        yield "like"
    elif draw > 0.92:
        yield "dislike"
        return
    if rng.random() < 0.45 * odds(liking):
        yield "accept"


def evening(rng, guest, items, clock):
    """The rows of one evening of looking, as (user, item, event, timestamp)."""
    mood = rng.choice(guest["moods"])
    scored = [(item, score) for item in items if (score := taste(guest, item, mood)) is not None]
    middle = sorted(score for _, score in scored)[len(scored) * 3 // 4]
    rows, seen = [], set()
    for _ in range(rng.randint(2, 8)):
        weights = [0.0 if i["id"] in seen else math.exp(1.5 * score) * i["popularity"] for i, score in scored]
        if not any(weights):
            break
        item, score = rng.choices(scored, weights)[0]
        seen.add(item["id"])
        for event in ("view", *reactions(rng, score - middle + rng.gauss(0, 0.5))):
            rows.append((guest["id"], item["id"], event, clock))
            clock += rng.randint(4, 60)
    return rows


def main():
    rng = random.Random(SEED)
    with (HERE / "items.jsonl").open(encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]
    for item, rank in zip(items, rng.sample(range(1, len(items) + 1), len(items)), strict=True):
        item["popularity"] = rank**-0.5
    cuisines = sorted({cuisine for item in items for cuisine in item["cuisine"]})
    areas = sorted({item["neighbourhood"] for item in items})
    rows = []
    for number in range(1, GUESTS + 1):
        guest = make_guest(rng, number, cuisines, areas)
        for _ in range(guest["evenings"]):
            start = datetime(2025, 1, 1, 16, tzinfo=UTC) + timedelta(
                days=rng.randrange(365), seconds=rng.randrange(5 * 3600)
            )
            rows += evening(rng, guest, items, int(start.timestamp()))
    rows.sort(key=lambda row: row[3])  # stable: an evening keeps its own order within a second
    with (HERE / "interactions.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["user", "item", "event", "timestamp"])
        writer.writerows(rows)
    print(f"{len(rows)} events of {len({r[0] for r in rows})} guests on {len({r[1] for r in rows})} restaurants")


if __name__ == "__main__":
    main()
