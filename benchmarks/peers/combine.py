"""Times TorchJD's weightings on Gramians, for combine.ts: reads the matrices, then a method a line; answers in JSON Lines."""

import importlib.util
import json
import sys
import time
import types

import torch

# The package's own __init__ needs a newer PyTorch for its engine; the aggregators do not.
package = types.ModuleType("torchjd")
package.__path__ = list(importlib.util.find_spec("torchjd").submodule_search_locations)
sys.modules["torchjd"] = package
from torchjd import aggregation  # noqa: E402

torch.set_num_threads(1)
torch.set_grad_enabled(False)


def weighting(method):
    return {
        "mgda": lambda: aggregation.MGDAWeighting(),
        "pcgrad": lambda: aggregation.PCGradWeighting(),
        "gradvac": lambda: aggregation.GradVacWeighting(),
        "cagrad": lambda: aggregation.CAGradWeighting(c=0.5),
        "imtl-g": lambda: aggregation.IMTLGWeighting(),
        "fairgrad": lambda: aggregation.FairGradWeighting(alpha=1.0),
        "aligned-mtl": lambda: aggregation.AlignedMTLWeighting(),
        "dualproj": lambda: aggregation.DualProjWeighting(),
        "upgrad": lambda: aggregation.UPGradWeighting(),
        "krum": lambda: aggregation.KrumWeighting(n_byzantine=1),
        "cr-mogm": lambda: aggregation.CRMOGMWeighting(aggregation.MGDAWeighting()),
    }[method]()


def answer(value):
    print(json.dumps(value), flush=True)


gramians = [torch.tensor(gramian, dtype=torch.float64) for gramian in json.loads(sys.stdin.readline())]
answer({"python": sys.version.split()[0], "torch": torch.__version__})
for line in sys.stdin:
    method = json.loads(line)
    try:
        times = []
        for gramian in gramians:
            call = weighting(method)
            call(gramian)
            best = []
            for _ in range(3):
                start = time.perf_counter()
                call(gramian)
                best.append(time.perf_counter() - start)
            times.append(sorted(best)[1] * 1e6)
        answer({"microseconds": times})
    except Exception as error:  # A peer that fails is a row of the table.
        answer({"error": f"{type(error).__name__}: {error}"})
