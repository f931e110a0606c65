#!/bin/sh
# Speaks every line of texts.tsv and makes the tone: 8 kHz, mono, µ-law, about -20 dBFS RMS.
# Needs (Debian): festival festvox-ru ffmpeg sox
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

speak() { # LANGUAGE TEXT OUT.wav
    case $1 in
    ru)
        printf '%s\n' "$2" >"$work/text"
        text2wave -o "$3" -eval '(voice_msu_ru_nsh_clunits)' "$work/text"
        ;;
    en)
        printf '%s' "$2" >"$work/text"
        ffmpeg -nostdin -loglevel error -y -f lavfi -i "flite=textfile=$work/text:voice=slt" "$3"
        ;;
    esac
}

level() { # IN.wav: its RMS in dBFS
    sox "$1" -n stats 2>&1 | awk '/^RMS lev dB/ {print $4}'
}

while IFS="$(printf '\t')" read -r language name text <&3; do
    case $language in '#'*) continue ;; esac
    mkdir -p "$language"
    speak "$language" "$text" "$work/spoken.wav"
    # Telephone band, silence trimmed at both ends, pauses between sentences at most 0.4 s.
    sox -D "$work/spoken.wav" -r 8000 -c 1 -b 16 "$work/trimmed.wav" \
        highpass 120 silence 1 0.02 0.4% reverse silence 1 0.02 0.4% reverse \
        silence -l 1 0.02 0.4% -1 0.4 0.4%
    gain=$(awk -v rms="$(level "$work/trimmed.wav")" 'BEGIN {printf "%.2f", -20 - rms}')
    sox -D "$work/trimmed.wav" -e mu-law "$language/$name.wav" \
        gain -l "$gain" fade t 0.01 -0 0.03 pad 0.05 0.25
done 3<texts.tsv

sox -D -n -r 8000 -c 1 -e mu-law tone.wav \
    synth 0.4 sine 880 gain -14 fade t 0.02 -0 0.05 pad 0.1 0.05
