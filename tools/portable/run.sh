#!/usr/bin/env bash
# Runs the program in the current folder, unpacked once into SCALPEL_UNPACKED (default: a folder of its own under TMPDIR).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
unpacked=${SCALPEL_UNPACKED:-${TMPDIR:-/tmp}/scalpel-$(id -u)-$(cksum < "$here/app.tar.xz" | tr ' ' -)}
if [ ! -d "$unpacked" ]; then
  part=$(mktemp -d "$unpacked.XXXXXX")
  # A bare machine may lack xz.
  if command -v xz >/dev/null; then tar -xJf "$here/app.tar.xz" -C "$part"
  else python3 -c 'import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])' "$here/app.tar.xz" "$part"; fi
  mv -T "$part" "$unpacked"
fi
export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$unpacked/vulkan/usr/lib/x86_64-linux-gnu"
# Where a container is given NVIDIA's driver outside of Vulkan's own places.
nvidia=/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json
if [ -z "${VK_DRIVER_FILES:-}" ] && [ -f "$nvidia" ]; then export VK_DRIVER_FILES="$nvidia"; fi
export XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-${TMPDIR:-/tmp}}
export SCALPEL_COMMIT=${SCALPEL_COMMIT:-@COMMIT@}
exec "$unpacked/node" "$unpacked/${SCALPEL_PROGRAM:-scalpel.mjs}" "$@"
