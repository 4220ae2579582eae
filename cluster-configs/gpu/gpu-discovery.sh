#!/usr/bin/env bash
# Prints the GPUs of this host as Spark's resource discovery wants them, by CUDA's numbers:
#   {"name": "gpu", "addresses": ["0", "1"]}
# These are nvidia-smi's where CUDA_DEVICE_ORDER=PCI_BUS_ID, which the executors are to have.
# Fails where the driver does, so that Spark starts no worker without its GPUs.
set -euo pipefail

if [ -n "${CUDA_VISIBLE_DEVICES:-}" ]; then
  # CUDA numbers what this variable lists anew, from 0.
  indices=$(tr ',' '\n' <<<"$CUDA_VISIBLE_DEVICES" | grep -c .)
  indices=$(seq 0 $((indices - 1)))
else
  indices=$(nvidia-smi --query-gpu=index --format=csv,noheader)
fi
addresses=$(sed -E 's/[[:space:]]//g; s/.*/"&"/' <<<"$indices" | paste -sd, -)
echo "{\"name\": \"gpu\", \"addresses\": [$addresses]}"
