#!/bin/sh
# Makes the demo recordings again: six short complaints, 8 kHz, 16 bit, one channel.
# Needs Debian's festival, festvox-ru, ffmpeg (with flite) and sox. The result is the same each time.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# NAME SECONDS_OF_SILENCE_AT_THE_START < the voice's WAV at its own rate
finish() {
    sox "$work/voice.wav" -D -r 8000 -c 1 -b 16 "$1.wav" norm -3 pad "$2" 0.6
}

russian() {
    printf '%s\n' "$3" > "$work/text"
    text2wave -o "$work/voice.wav" -eval '(voice_msu_ru_nsh_clunits)' "$work/text"
    finish "$1" "$2"
}

english() {
    ffmpeg -y -loglevel error -f lavfi -i "flite=text='$3':voice=slt" "$work/voice.wav"
    finish "$1" "$2"
}

late='Здравствуйте. Курьер не приехал. Я жду свой заказ уже три дня, и никто не звонит. Когда будет доставка?'
russian ru-delivery-1 0.3 "$late"
russian ru-delivery-2 1.4 "$late"
russian ru-pricing 0.4 'Здравствуйте. С меня взяли слишком много денег. Скидка не сработала, и оплата прошла дважды. Верните деньги на карту.'
english en-pricing 0.4 'Hello. The discount did not work, and I was charged twice. The price at the checkout was higher than on the site. Please refund the money.'
english en-design 0.5 'Hello. The design of your page is bad. The button is too small, and the text is hidden behind the menu. I cannot read it on my phone.'
english en-copy 0.4 'Good morning. The product description on your website is wrong. It says cotton, but the label says polyester. Please correct the text.'
