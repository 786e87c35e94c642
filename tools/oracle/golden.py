"""The oracle itself, against published values and closed forms."""

from mpmath import mp, mpf

from linear import norm
from methods import METHODS, Step

CONFLICT = [[-4, 1, 1], [6, 1, 1]]

# Method, options, rows, the direction's entries. Ten digits, derived by hand or published (TorchJD's tests, four digits, hold for the same rows).
GOLDEN = [
    ("mean", {}, CONFLICT, [1, 1, 1]),
    ("sum", {}, CONFLICT, [2, 2, 2]),
    ("constant", {"weights": [1, 2]}, CONFLICT, [8, 3, 3]),
    ("mgda", {}, CONFLICT, [0, 1, 1]),
    ("mgda", {"normalize": "length"}, [[0, 1e-6], [3e7, 0]], [0.5, 0.5]),
    ("pcgrad", {"order": "ascending"}, CONFLICT, [0.5847953216, 3.8011695906, 3.8011695906]),
    ("gradvac", {"order": "ascending"}, CONFLICT, [0.5847953216, 3.8011695906, 3.8011695906]),
    ("upgrad", {}, CONFLICT, [0.2923976608, 1.9005847953, 1.9005847953]),
    ("dualproj", {}, CONFLICT, [0.5555555556, 1.1111111111, 1.1111111111]),
    ("cagrad", {}, CONFLICT, [0.1835034191, 1.2041241452, 1.2041241452]),
    ("cagrad", {"rescale": 2}, CONFLICT, [6 * 0.3333333333 - 4 * 0.4694160968, 0.8027494301, 0.8027494301]),
    ("imtl-g", {}, CONFLICT, [0.0766968306, 1, 1]),
    ("aligned-mtl", {}, CONFLICT, [0.2132787460, 0.9673329838, 0.9673329838]),
    ("aligned-mtl", {"scale": "rmse"}, CONFLICT, [-4 * 1.5108656435 + 6 * 1.1033063978, 2.6141720413, 2.6141720413]),
    ("config", {}, CONFLICT, [0.1588089758, 2.0706067581, 2.0706067581]),
    ("nash-mtl", {}, CONFLICT, [0.0765842884, 0.9985326351, 0.9985326351]),
    ("nash-mtl", {"maxNorm": 1}, CONFLICT, [0.0541532696, 0.7060691975, 0.7060691975]),
    ("fairgrad", {"alpha": 2}, CONFLICT, [0.0312736798, 0.7908171505, 0.7908171505]),
    ("a-gem", {}, CONFLICT, [-4 + 6 * 11 / 19, 30 / 19, 30 / 19]),
    ("metabalance", {}, CONFLICT, [-4 + 6 * 0.6882472016, 1.6882472016, 1.6882472016]),
    ("bloop", {"lambda": 0.1, "rho": 1, "update": "before"}, CONFLICT, [-3.8888888889, 1.2222222222, 1.2222222222]),
    ("dynamic-barrier", {"lambda": 10}, CONFLICT, [7.1111111111, 23.2222222222, 23.2222222222]),
    ("bloop", {"lambda": [0.5, 0.2], "rho": 1, "update": "before"}, [[1, 0, 0], [1, 1, 0], [1, 1, 1]], [1, 0.5, 0.2]),
    ("bloop", {"lambda": 0.1, "rho": 1, "update": "before", "project": "cone"}, CONFLICT, [-3.8888888889, 1.2222222222, 1.2222222222]),
    ("bloop", {"rho": 1, "update": "before", "project": "cone"}, [[1, 0, 0], [1, 1, 0], [-1, -1, 2]], [2, 1, 2]),
    # TorchJD 0.18.
    ("pcd", {"epsilon": 1e-8}, CONFLICT, [-0.8200327513, 2.9434288073, 2.9434288073]),
    ("pcd", {"tau": 0.5}, CONFLICT, [2.0889000244, 2.6111775780, 2.6111775780]),
    ("imtl-g", {}, [[1, 0, 0], [3, 0, 1], [0, 1, -1]], None),
    ("krum", {"byzantine": 1, "selected": 4}, [[1, 1, 1], [1, 0, 1], [75, -666, 23], [1, 2, 3], [2, 0, 1]], [1.25, 0.75, 1.5]),
    ("trimmed-mean", {"trim": 1}, [[1e11, 3], [1, -1e11], [-1e10, 1e10], [2, 2]], [1.5, 2.5]),
]


def golden_failures() -> list[str]:
    failures = []
    for method, options, rows, expected in GOLDEN:
        exact = [[mpf(x) for x in row] for row in rows]
        count = len(rows)
        step = Step([exact], [], [], list(range(count)), list(range(count)), count, count, 0, 0)
        direction = METHODS[method](step, options, {})
        if expected is None:
            # The published example in which IMTL-G ascends every loss.
            products = [float(mp.fdot(row, direction)) for row in exact]
            if not all(abs(p - q) < 5e-4 for p, q in zip(products, [-1.110, -3.510, -1.570])):
                failures.append(f"{method} {options}: products {products}")
        elif norm([a - b for a, b in zip(direction, expected)]) > 1e-9 * norm(expected):
            failures.append(f"{method} {options}: {[float(x) for x in direction]} instead of {expected}")
    return failures


if __name__ == "__main__":
    print("\n".join(golden_failures()) or "golden values hold")
