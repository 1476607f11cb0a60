#!/bin/sh
# Speaks sentences.tsv (file, voice, sox effects, text; a voice that begins with es- is espeak-ng's, the others flite's) into G.711 mu-law WAV files. Needed only when a sentence
# changes: apt-get install flite espeak-ng sox.
set -eu
cd "$(dirname "$0")"
spoken=$(mktemp --suffix .wav)
trap 'rm -f "$spoken"' EXIT
while IFS="$(printf '\t')" read -r name voice effects text; do
  case $voice in
    es-*) espeak-ng -v "$voice" -s 150 -w "$spoken" "$text" </dev/null ;;
    *) flite -voice "$voice" -t "$text" -o "$spoken" </dev/null ;;
  esac
  # Telephone band, the pauses at both ends cut, and a peak that leaves the speech near -20 dBm0. $effects is several words.
  # shellcheck disable=SC2086
  sox -R "$spoken" -r 8000 -c 1 -e mu-law "$name.wav" $effects highpass 220 \
    silence 1 0.02 0.3% reverse silence 1 0.02 0.3% reverse pad 0.05 0.12 gain -n -5
done < sentences.tsv
