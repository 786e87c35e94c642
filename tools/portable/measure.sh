#!/usr/bin/env bash
# Measures the GPU of this machine: bash measure.sh RESULTS [PART ...]
#
#   doctor        what is there
#   conformance   every combiner, every kind of layer and the passes over rows, against the processor
#   rows          gram and map beside the device's copy bandwidth
#   steps         training steps of the networks of the suite gpu, beside PyTorch and TorchJD where SCALPEL_PYTHON (default: python3) has them with CUDA
#   suite         the suite gpu, as far as it gets: SUITE says which runs ("gpu --seeds 1"), and the same command goes on
#
# Default: all, in this order. Each part writes RESULTS/PART.txt; records are in RESULTS/results.sqlite, for `scalpel export gpu --backend webgpu --store`.
# A part that fails does not stop the others, and makes the exit status 1. BACKEND (default webgpu) and SHORT=--short (small sizes) are for trying it out.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
results=${1:?usage: measure.sh RESULTS [PART ...]}
shift
[ $# -gt 0 ] || set -- doctor conformance rows steps suite
backend=${BACKEND:-webgpu}
mkdir -p "$results"
status=0

program() {
  SCALPEL_PROGRAM=$1 bash "$here/run.sh" "${@:2}"
}

suite() {
  local -a selected
  read -ra selected <<< "${SUITE:-gpu}"
  local -a store=(--backend "$backend" --store "$results/results.sqlite")
  program scalpel.mjs run "${selected[@]}" --workers 1 "${store[@]}" && program scalpel.mjs leaderboard "${selected[@]}" "${store[@]}"
}

for part in "$@"; do
  case $part in
    doctor) command=(program scalpel.mjs doctor) ;;
    conformance) command=(program conformance.mjs) ;;
    rows) command=(program rows-on-device.mjs --backend "$backend" ${SHORT:-}) ;;
    steps) command=(program on-device.mjs --backend "$backend" ${SHORT:-}) ;;
    suite) command=(suite) ;;
    *)
      echo "measure.sh: there is no part \"$part\"." >&2
      status=1
      continue
      ;;
  esac
  if ! "${command[@]}" > "$results/$part.txt" 2>&1; then
    echo "FAILED" >> "$results/$part.txt"
    status=1
  fi
done

# The last lines come last, whatever is cut off above.
for part in "$@"; do
  [ -f "$results/$part.txt" ] && printf '\n== %s\n' "$part" && tail -n 30 "$results/$part.txt"
done
exit "$status"
