"""What can be said exactly of methods that draw random numbers: which answers are possible, and how they are distributed."""

import json
import math


def chance_failures(scalpel, ids: set[str]) -> list[str]:
    return [problem for method, failures in CHANCE.items() if method in ids for problem in failures(scalpel)]


def answers(scalpel, lines):
    return [json.loads(line) for line in scalpel("combine", lines=[json.dumps(line) for line in lines]).splitlines()]


def softmax_of_normals(scalpel, method):
    """Weights are softmax(z): positive, of sum one, and the log of the ratio of two is a difference of normals, with mean 0 and variance 2."""
    draws, rows = 2000, [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    lines = [{"id": seed, "combiner": method, "gradients": rows, "losses": [1, 2, 3], "seed": seed} for seed in range(draws)]
    given = [answer["direction"] for answer in answers(scalpel, lines)]
    problems = []
    if not all(abs(sum(d) - 1) < 1e-12 and min(d) > 0 for d in given):
        problems.append(f"{method}: the weights are not positive with sum 1")
        return problems
    for i, j in [(0, 1), (1, 2), (0, 2)]:
        logs = [math.log(d[i] / d[j]) for d in given]
        mean = sum(logs) / draws
        moments = [sum((x - mean) ** power for x in logs) / draws for power in (2, 4)]
        # Five standard errors; the fourth moment of a normal number is three times the square of the second.
        if abs(mean) > 5 * math.sqrt(2 / draws) or abs(moments[0] / 2 - 1) > 5 * math.sqrt(2 / draws) or abs(moments[1] / 12 - 1) > 1:
            problems.append(f"{method}: log of weight {i} / weight {j} has mean {mean}, moments {moments}; expected 0, 2 and 12")
    return problems


def graddrop(scalpel):
    """arXiv 2010.06808: each entry keeps its positive or its negative parts, the positive ones with probability (1 + sum g / sum |g|) / 2."""
    draws, columns = 2000, [[1, 2, 3], [-1, 2, 3], [-4, 1, 2], [-1, -1, -3], [0, 0, 0], [1e-10, -3e-10, 0]]
    rows = [list(row) for row in zip(*columns)]
    problems = []
    for leak in [0, 0.25]:
        lines = [{"id": s, "combiner": "graddrop", "options": {"leak": leak}, "gradients": rows, "seed": s} for s in range(draws)]
        given = [answer["direction"] for answer in answers(scalpel, lines)]
        for entry, column in enumerate(columns):
            positive, negative = sum(x for x in column if x > 0), sum(x for x in column if x < 0)
            kept = [leak * (positive + negative) + (1 - leak) * part for part in (positive, negative)]
            size = positive - negative
            near = [[abs(d[entry] - value) <= 1e-12 * size for value in kept] for d in given]
            if not all(any(pair) for pair in near):
                problems.append(f"graddrop: entry {entry} of {column} is neither of {kept}, leak {leak}")
            chance = positive / size if size else 1
            share = sum(pair[0] for pair in near) / draws
            if abs(share - chance) > 5 * math.sqrt(chance * (1 - chance) / draws) + 1e-12:
                problems.append(f"graddrop: entry {entry} of {column} keeps its positive part in {share} of the draws, not {chance}")
    return problems


# Methods that draw random numbers, with what finds their failures.
CHANCE = {
    "random": lambda scalpel: softmax_of_normals(scalpel, "random"),
    "rlw": lambda scalpel: softmax_of_normals(scalpel, "rlw"),
    "graddrop": graddrop,
}
