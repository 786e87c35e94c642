"""
Compares Scalpel's combiners with the oracle: sends matrices of every kind to `scalpel combine`, answers them in 60 digits too, and prints per
method the worst relative error of the direction, by itself and as a share of what is allowed.

Allowed is max(1e-9, 100 kappa 2^-53), where kappa is the condition number of the Gramian of the rows (or levels and averages) brought to length one, on
its range: what float64 can promise of an answer from inner products. Methods that cannot choose their coefficients may also be off by 100 roundings of the terms
that they have to sum, for these may cancel (Bloop, which projects on several levels one after the other, times kappa); and those that iterate by 100 times what they make of a rounding. Where the exact direction is zero, the error is relative to those terms.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path
from random import Random

from mpmath import mpf

from cases import MOST_ROWS, Case, cases
from chance import CHANCE, chance_failures
from golden import golden_failures
from linear import TINY, condition, norm, subtract
from methods import METHODS, Step

# Their formula is one for the coefficients, so that nothing can be chosen that cancels less.
PRESCRIBED = {"a-gem", "bloop", "bloop-average", "constant", "cosine-similarity", "dynamic-barrier", "gradvac", "metabalance", "mixed", "multiplier", "pcgrad"}
# They hold a sum of all gradients, projected: long ones may cancel.
OF_ALL = {"cagrad", "config", "dualproj", "upgrad"}
# They hold coefficients or directions of earlier steps.
OF_EARLIER = {"config", "cr-mogm"}
# They iterate, learn or take differences of averages, which may magnify the last digit of their input and of what they make of it.
RECURRENT = {"config", "imtl-l", "sdmgrad", "uncertainty"}

ALWAYS_ALLOWED = 1e-9

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Outcome:
    method: str
    # Number of rows, kind of matrix, seed and number of the case.
    where: str
    details: str
    error: float
    share: float


def scalpel(*arguments: str, lines: list[str] | None = None) -> str:
    command = ["node", "apps/benchmark/src/main.ts", *arguments]
    answer = subprocess.run(command, cwd=ROOT, input="\n".join(lines or []), capture_output=True, text=True)
    # `combine` exits with 1 where a line failed, and says so on that line.
    if answer.returncode not in (0, 1) or not answer.stdout:
        sys.exit(f"{' '.join(command)} failed:\n{answer.stderr}")
    return answer.stdout


def directions(case: Case, disturbed=lambda x: x):
    """The exact direction of each step, and the sets of vectors that it is made of; of gradients and losses that are disturbed."""
    line = case.line
    first = line.get("sequence", [line])[0]
    count = len((first.get("gradients") or first["batches"][0]))
    priorities = line.get("priorities", list(range(count)))
    ranks = sorted(set(priorities))
    weights = [mpf(weight) for weight in line.get("weights", [1] * count)]
    memory: dict = {}
    result = []
    for index, given in enumerate(line.get("sequence", [line])):
        # An objective that one of several batches lacks sits the step out.
        present = [i for i in range(count) if all(rows[i] is not None for rows in case.exact[index])]

        def lossy(key):
            values = given.get(key, line.get(key))
            return [disturbed(weights[i] * mpf(values[i])) for i in present] if values else []

        batches = [[[disturbed(weights[i] * x) for x in rows[i]] for i in present] for rows in case.exact[index]]
        step = Step(
            batches=batches,
            losses=lossy("losses") or [mpf(0)] * len(present),
            losses_after=lossy("lossesAfter"),
            objectives=present,
            levels=[ranks.index(priorities[i]) for i in present],
            objective_count=count,
            level_count=len(ranks),
            index=index,
            epoch=given.get("epoch", line.get("epoch", 0)),
            rounded=disturbed,
        )
        direction = METHODS[line["combiner"]](step, line["options"], memory)
        averages = memory.get("averages", [])
        averages = [row for row in (averages.values() if isinstance(averages, dict) else averages) if row]
        levels = [row for row in map(step.level, range(step.level_count)) if row]
        # Averages are made orthogonal one after the other, so the first few may be worse than all.
        first = [averages[:count] for count in range(1, len(averages) + 1)]
        earlier = [rows for _, sets in result for rows in sets] if line["combiner"] in OF_EARLIER else []
        result.append((direction, [step.rows, levels + averages, *first, *earlier]))
    return result


def magnification(case: Case, index: int, exact, size) -> float:
    """By how much the method itself makes relative errors larger: from a disturbance in the thirtieth digit."""
    random = Random(0)
    disturbed = directions(case, lambda x: x * (1 + mpf(10) ** -30 * random.uniform(-1, 1)))
    return float(norm(subtract(disturbed[index][0], exact)) / size * mpf(10) ** 30)


def verdict(case: Case, answer: dict) -> Outcome | None:
    """The worst step of a case, or None where the exact answer is not unique."""
    line = case.line
    if "error" in answer:
        return Outcome(line["combiner"], line["id"], answer["error"], float("inf"), float("inf"))
    worst = None
    for index, ((exact, sets), given) in enumerate(zip(directions(case), answer.get("steps", [answer]))):
        if exact is None:
            continue
        off, size = norm(subtract([mpf(x) for x in given["direction"]], exact)), norm(exact)
        given_rows = [row for row in case.exact[index][-1] if row is not None]
        terms = sum((abs(c) * norm(row) for c, row in zip(given["coefficients"], given_rows)), mpf(0))
        longest = max(norm(row) for row in given_rows)
        if size <= TINY * longest:
            size = terms or longest
        error = float(off / size) if off else 0.0
        allowed = ALWAYS_ALLOWED
        # Condition numbers take longer than most methods: only where the answer could need them.
        if error > allowed / 100:
            kappa = max(map(condition, sets))
            allowed = max(allowed, 100 * float(kappa) * 2**-53)
            if line["combiner"] in PRESCRIBED:
                allowed = max(allowed, 100 * float(terms / size) * 2**-53)
            if line["combiner"] in {"bloop", "bloop-average"}:
                allowed = max(allowed, 100 * float(kappa * terms / size) * 2**-53)
            if line["combiner"] in OF_ALL:
                gradients = sum(norm(row) for row in given_rows) / len(given_rows)
                allowed = max(allowed, 100 * float(gradients / size) * 2**-53)
            if line["combiner"] in RECURRENT:
                allowed = max(allowed, 100 * magnification(case, index, exact, size) * 2**-53)
        # Float64 has no digit of such an answer.
        if allowed > 0.1:
            continue
        if worst is None or error / allowed > worst.share:
            step = f", step {index}" if "sequence" in line else ""
            worst = Outcome(line["combiner"], line["id"] + step, str(line["options"]), error, error / allowed)
    return worst


def judged(task):
    case, answer = task
    try:
        return verdict(case, answer)
    except Exception as error:
        raise RuntimeError(f"the oracle failed at {case.line['id']} {case.line['options']}") from error


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0, help="of the first round of cases, default 0")
    parser.add_argument("--rounds", type=int, default=1, help="how many rounds of cases, default 1")
    parser.add_argument("--only", help="ids of methods, separated by commas")
    parser.add_argument("--rows", help=f"numbers of rows of the matrices, separated by commas, default 1 to {MOST_ROWS}")
    arguments = parser.parse_args()

    failures = golden_failures()
    if failures:
        sys.exit("The oracle misses golden values:\n" + "\n".join(failures))

    there = {combiner["id"] for combiner in json.loads(scalpel("list", "combiners", "--json"))}
    wanted = set(arguments.only.split(",")) if arguments.only else there | set(METHODS) | set(CHANCE)
    if wanted - there:
        sys.exit(f"Scalpel has no combiner {', '.join(sorted(wanted - there))}. Take it out of the oracle, or look at --only.")
    unknown = wanted - set(METHODS) - set(CHANCE)
    if unknown:
        sys.exit(f"The oracle does not know {', '.join(sorted(unknown))}. Write the formula into tools/oracle/methods.py, and name it in METHODS.")
    chosen = wanted & set(METHODS)
    counts = [int(count) for count in arguments.rows.split(",")] if arguments.rows else range(1, MOST_ROWS + 1)
    rounds = range(arguments.seed, arguments.seed + arguments.rounds)
    made = [case for seed in rounds for count in counts for case in cases(count, seed, chosen)]
    output = scalpel("combine", lines=[json.dumps(case.line) for case in made])
    answers = [json.loads(line) for line in output.splitlines()]
    if [answer["id"] for answer in answers] != [case.line["id"] for case in made]:
        sys.exit("scalpel combine did not answer each line in order")

    # The largest first, so that the processes end together; those of one matrix side by side, so that its condition number is computed once.
    tasks = sorted(zip(made, answers), key=lambda task: (-len(task[0].exact[0][0]), task[0].family))
    table = defaultdict(list)
    with Pool(os.cpu_count()) as pool:
        for outcome in pool.imap_unordered(judged, tasks, chunksize=8):
            if outcome is not None:
                table[outcome.method].append(outcome)

    print(f"{'method':20} {'cases':>6} {'worst error':>12} {'of allowed':>11}  where")
    wrong = []
    for method, outcomes in sorted(table.items()):
        worst = max(outcomes, key=lambda o: o.share)
        error = max(o.error for o in outcomes)
        print(f"{method:20} {len(outcomes):6} {error:12.1e} {worst.share:11.1e}  {worst.where}")
        wrong += [o for o in outcomes if not o.share <= 1]
    print(f"{sum(map(len, table.values()))} cases, {len(wrong)} wrong")
    for outcome in sorted(wrong, key=lambda o: (o.method, -o.share))[:200]:
        print(f"{outcome.error:.1e} ({outcome.share:.1e} of allowed): {outcome.method} {outcome.where} {outcome.details}")
    problems = chance_failures(scalpel, wanted)
    print("\n".join(problems))
    sys.exit(1 if wrong or problems else 0)


if __name__ == "__main__":
    main()
