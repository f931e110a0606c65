"""TF-IDF of words and letters with logistic regression, as its manual would have one build it.

sklearn_peer.py train LINES.jsonl MODEL     lines {"text", "label"}
sklearn_peer.py answer MODEL LINES.jsonl    a line {"label", "confidence"} for each
"""
import json
import pickle
import sys

BATCH = 1000


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def train(path, model):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
    )
    classifier = make_pipeline(features, LogisticRegression(C=4.0, max_iter=200))
    given = lines(path)
    classifier.fit([line["text"] for line in given], [line["label"] for line in given])
    with open(model, "wb") as file:
        pickle.dump(classifier, file)


def answer(model, path):
    with open(model, "rb") as file:
        classifier = pickle.load(file)
    texts = [line["text"] for line in lines(path)]
    for start in range(0, len(texts), BATCH):
        for odds in classifier.predict_proba(texts[start : start + BATCH]):
            best = odds.argmax()
            found = {"label": str(classifier.classes_[best]), "confidence": round(float(odds[best]), 4)}
            print(json.dumps(found))


if __name__ == "__main__":
    {"train": train, "answer": answer}[sys.argv[1]](*sys.argv[2:])
