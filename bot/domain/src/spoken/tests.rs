mod english_numbers;
mod english_sentences;
mod hostile;
mod notices;
mod russian_numbers;
mod russian_sentences;
mod spelt;
