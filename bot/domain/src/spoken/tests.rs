mod english_numbers;
mod english_sentences;
mod hostile;
mod russian_numbers;
mod russian_sentences;
mod spelt;
