"""Times TorchJD's weightings on Gramians, for combine.ts: a line holds the matrices from then on, or names a method."""

import time

import torch
from peer import serve
from torchjd import aggregation

torch.set_grad_enabled(False)

WEIGHTINGS = {
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
}

gramians = []


def answer(question):
    match question:
        case {"gramians": given}:
            gramians[:] = [torch.tensor(gramian, dtype=torch.float64) for gramian in given]
            return {}
        case {"method": method, "calls": calls}:
            return [timed(WEIGHTINGS[method](), gramian, calls) for gramian in gramians]


def timed(weighting, gramian, calls):
    times, answers = [], []
    for _ in range(calls):
        start = time.perf_counter()
        answers.append(weighting(gramian))
        times.append(time.perf_counter() - start)
    return {"microseconds": sorted(times)[calls // 2] * 1e6, "weights": answers[0].tolist()}


serve(answer)
