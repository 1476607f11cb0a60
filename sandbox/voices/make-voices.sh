#!/bin/sh
# Speaks sentences.tsv (file, voice, sox effects, text; a voice that begins with es- is espeak-ng's, the others flite's) into G.711 mu-law WAV files. Needed only when a sentence
# changes: apt-get install flite espeak-ng sox.
set -eu
cd "$(dirname "$0")"
spoken=$(mktemp --suffix .wav)
trap 'rm -f "$spoken"' EXIT
while IFS="$(printf '\t')" read -r name voice effects text; do
  # The peaks of espeak-ng stand so far above its speech that it would be 5 dB quieter than the others: they are pressed down first.
  pressed=
  case $voice in
    es-*) pressed="gain -n -2 highpass 220 compand 0.002,0.08 6:-70,-70,-28,-20,-12,-8,0,-5 0 -90 0.002 gain -n -2 gain -l 5"
      espeak-ng -v "$voice" -s 150 -w "$spoken" "$text" </dev/null ;;
    *) flite -voice "$voice" -t "$text" -o "$spoken" </dev/null ;;
  esac
  # Telephone band, the pauses at both ends cut, and a peak that leaves the speech near -20 dBm0. $effects and $pressed are several words.
  # shellcheck disable=SC2086
  sox -R "$spoken" -r 8000 -c 1 -e mu-law "$name.wav" $pressed $effects highpass 220 \
    silence 1 0.02 0.3% reverse silence 1 0.02 0.3% reverse pad 0.05 0.12 gain -n -5
done < sentences.tsv
