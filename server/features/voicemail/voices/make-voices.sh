#!/bin/sh
# Speaks sentences.tsv (file, text) into raw G.711 mu-law; a name that ends in -es in Spanish. Needed only when a sentence changes: apt-get install flite espeak-ng sox.
set -eu
cd "$(dirname "$0")"
spoken=$(mktemp --suffix .wav)
trap 'rm -f "$spoken"' EXIT
while IFS="$(printf '\t')" read -r name text; do
  case $name in
    *-es) espeak-ng -v es-419 -s 150 -w "$spoken" "$text" </dev/null ;;
    *) flite -voice slt -t "$text" -o "$spoken" </dev/null ;;
  esac
  # Telephone band, the pauses at both ends cut, and a peak that leaves the speech near -20 dBm0.
  sox -R "$spoken" -t ul -r 8000 -c 1 "$name.ulaw" gain -6 highpass 220 silence 1 0.02 0.3% reverse silence 1 0.02 0.3% reverse pad 0.05 0.12 gain -n -5
done < sentences.tsv
