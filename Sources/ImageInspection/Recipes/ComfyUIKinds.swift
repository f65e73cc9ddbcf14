/// What is known of kinds of nodes, by the names of their classes.
///
/// Read from the sources of ComfyUI and of the node packs that are met most often: WAS Suite, Impact Pack, Easy-Use,
/// tinyterra, Efficiency, rgthree, KJNodes, Custom-Scripts, Comfyroll, JPS, Crystools. A node that is in no table here is
/// walked through by the names of its inputs, and then the recipe is `likely` only.
enum ComfyUIKinds {
    /// How a node hands one of its inputs on, whatever it is.
    enum Passage {
        /// The first of these inputs.
        case first([String])
        /// The first input whose name has this beginning and a number, in the order of numbers.
        case firstNumbered(String)
        /// The input whose name is a beginning and the number at another input.
        case numbered(by: String, prefix: String)
        /// One of two inputs, by a flag or a number that is 1 for the first.
        case either(by: String, first: String, second: String)
    }

    static let passages: [String: Passage] = {
        var all: [String: Passage] = [
            "Reroute": .first(["", "*"]), "ReroutePrimitive|pysssss": .first(["value"]),
            "PrimitiveReroute": .first(["value"]), "ModelPassThrough": .first(["model"]),
            "Any Switch (rgthree)": .firstNumbered("any_"),
            "Context Switch (rgthree)": .firstNumbered("ctx_"), "Context Switch Big (rgthree)": .firstNumbered("ctx_"),
            "ComfySwitchNode": .either(by: "switch", first: "on_true", second: "on_false"),
            "LazySwitchKJ": .either(by: "switch", first: "on_true", second: "on_false"),
            "easy ifElse": .either(by: "boolean", first: "on_true", second: "on_false"),
            "Switch any [Crystools]": .either(by: "boolean", first: "on_true", second: "on_false"),
            "Switch string [Crystools]": .either(by: "boolean", first: "on_true", second: "on_false"),
            "Switch conditioning [Crystools]": .either(by: "boolean", first: "on_true", second: "on_false"),
            "Switch image [Crystools]": .either(by: "boolean", first: "on_true", second: "on_false"),
            "Switch latent [Crystools]": .either(by: "boolean", first: "on_true", second: "on_false"),
            "ImpactConditionalBranch": .either(by: "cond", first: "tt_value", second: "ff_value"),
            "ImpactSwitch": .numbered(by: "select", prefix: "input"),
            "LatentSwitch": .numbered(by: "select", prefix: "input"),
            "easy anythingIndexSwitch": .numbered(by: "index", prefix: "value"),
            "easy textIndexSwitch": .numbered(by: "index", prefix: "text"),
            "easy conditioningIndexSwitch": .numbered(by: "index", prefix: "cond"),
            "easy imageIndexSwitch": .numbered(by: "index", prefix: "image"),
            "easy textSwitch": .numbered(by: "input", prefix: "text"),
            "Conditioning Switch (JPS)": .numbered(by: "select", prefix: "conditioning_"),
            "Model Switch (JPS)": .numbered(by: "select", prefix: "model_"),
            "Latent Switch (JPS)": .numbered(by: "select", prefix: "latent_"),
            "Image Switch (JPS)": .numbered(by: "select", prefix: "image_"),
        ]
        for (kind, prefix) in [
            ("Text", "text"), ("Conditioning", "conditioning"), ("Model", "model"), ("Latent", "latent"),
            ("Image", "image"),
        ] {
            all["CR \(kind) Input Switch"] = .numbered(by: "Input", prefix: prefix)
            all["CR \(kind) Input Switch (4 way)"] = .numbered(by: "Input", prefix: prefix)
            all["\(kind) Input Switch"] = .either(by: "boolean", first: prefix + "_a", second: prefix + "_b")
        }
        return all
    }()

    /// The inputs by which several things travel in one line.
    static let pipes = [
        "pipe", "basic_pipe", "base_ctx", "detailer_pipe", "sdxl_tuple", "optional_pipe", "pipe_line", "ctx_01",
        "ctx_02",
        "ctx_03", "ctx_04", "ctx_05",
    ]

    private static let context = [
        "base_ctx", "model", "clip", "vae", "positive", "negative", "latent", "images", "seed",
    ]

    /// The outputs of nodes that take such a line apart, or that load several things at once, as names of what comes out.
    static let outputs: [String: [String]] = [
        "FromBasicPipe": ["model", "clip", "vae", "positive", "negative"],
        "FromBasicPipe_v2": ["basic_pipe", "model", "clip", "vae", "positive", "negative"],
        "FromDetailerPipe": ["model", "clip", "vae", "positive", "negative"],
        "FromDetailerPipe_v2": ["detailer_pipe", "model", "clip", "vae", "positive", "negative"],
        "Context (rgthree)": context, "Context Switch (rgthree)": context, "Context Merge (rgthree)": context,
        "Context Big (rgthree)": context + ["steps", "step_refiner", "cfg", "ckpt_name", "sampler", "scheduler"],
        "Context Switch Big (rgthree)": context + [
            "steps", "step_refiner", "cfg", "ckpt_name", "sampler", "scheduler",
        ],
        "easy pipeOut": ["pipe", "model", "positive", "negative", "latent", "vae", "clip", "images", "seed"],
        "easy fullLoader": ["pipe", "model", "vae", "clip", "positive", "negative", "latent"],
        "easy a1111Loader": ["pipe", "model", "vae"], "easy comfyLoader": ["pipe", "model", "vae"],
        "ttN pipeLoader": ["pipe", "model", "positive", "negative", "latent", "vae", "clip", "seed"],
        "ttN pipeLoader_v2": ["pipe", "model", "positive", "negative", "latent", "vae", "clip", "seed"],
        "ttN pipeOUT": ["model", "positive", "negative", "latent", "vae", "clip", "images", "seed", "pipe"],
        "Efficient Loader": ["model", "positive", "negative", "latent", "vae", "clip"],
        "CondPassThrough": ["positive", "negative"],
    ]

    /// The names under which nodes keep one thing.
    static func names(of thing: String) -> [String] {
        switch thing {
        case "positive":
            [
                "positive", "pos", "optional_positive", "cond1", "conditioning", "text_embeds", "hyvid_embeds",
                "base_positive",
            ]
        case "negative": ["negative", "neg", "optional_negative", "base_negative"]
        case "model": ["model", "unet"] + modelFiles
        case "latent": ["latent_image", "latent", "samples", "latents", "optional_latent"]
        case "images": ["images", "image"]
        case "seed": ["noise_seed", "seed"]
        case "steps": ["steps", "steps_total"]
        case "cfg": ["cfg", "cfg_conds", "guidance_scale", "cfg_scale"]
        case "sampler": ["sampler_name", "sampler"]
        default: [thing]
        }
    }

    /// The inputs of loaders that name a model's file, the telling ones first.
    static let modelFiles = [
        "ckpt_name", "unet_name", "base_ckpt_name", "model_name", "diffusion_name", "gguf_name", "model_path", "model",
    ]

    /// Nodes that hand a number on which a person typed or a generator drew.
    static let numbers: Set<String> = [
        "PrimitiveNode", "PrimitiveInt", "PrimitiveFloat", "PrimitiveBoolean", "INTConstant", "FloatConstant",
        "Seed (rgthree)", "Seed", "CR Seed", "CR Integer", "CR Float", "easy seed", "easy globalSeed", "easy int",
        "easy float", "easy boolean", "ttN seed", "ttN int", "ttN float", "ImpactInt", "ImpactFloat", "ImpactBoolean",
        "Int Literal", "Float Literal", "Int", "Float", "Boolean", "Seed Everywhere", "RandomNoise", "Logic Boolean",
        "Power Primitive (rgthree)", "Constant Number", "Primitive integer [Crystools]", "Primitive float [Crystools]",
        "Primitive boolean [Crystools]", "BOOLConstant",
    ]

    /// Whether a node computes a number from others, so that none of its inputs is what comes out.
    static func computes(_ kind: String) -> Bool {
        kind.mentions(["random", "math", "operation", "expression", "calc"])
    }

    /// Nodes that change a condition without changing its words.
    static func passesConditions(_ kind: String) -> Bool {
        let starts = [
            "Conditioning", "ControlNet", "ACN_", "FluxGuidance", "ReferenceLatent", "InpaintModelConditioning",
            "unCLIPConditioning", "StyleModelApply", "GLIGENTextBoxApply", "Wan", "LTXV", "SVD_", "CLIPVision",
            "Cosmos",
            "FluxKontext", "InstructPixToPix", "StableCascade_", "SD_4XUpscale", "ApplyInstantID",
            "CR Apply ControlNet",
            "easy controlnet", "HunyuanImageToVideo", "CFGGuider", "BasicGuider", "DualCFGGuider", "PerpNegGuider",
            "ToBasicPipe", "EditBasicPipe", "ImpactCombineConditionings", "ImpactConcatConditionings", "Kontext",
            "CLIPSetLastLayer", "FluxDisableGuidance", "easy pipe", "easy fluxLoader", "SetUnionControlNetType",
        ]
        return starts.contains { kind.hasPrefix($0) }
    }

    /// The conditions that a node takes in, where their names do not say the order.
    static let conditions: [String: [String]] = [
        "ConditioningConcat": ["conditioning_to", "conditioning_from"],
        "ConditioningAverage": ["conditioning_to", "conditioning_from"],
    ]

    /// Whether a node saves what comes in, by its name (0), only shows it (2), or may do either (1).
    static func savingRank(_ kind: String) -> Int {
        if kind.mentions(["save", "videocombine", "output"]) { return 0 }
        return kind.mentions(["preview", "compare", "view", "show", "display"]) ? 2 : 1
    }

    /// Whether pixels, or latents that become pixels, come in at an input of this name.
    static func carriesPixels(_ name: String) -> Bool {
        name.begins(with: [
            "image", "samples", "latent", "pixels", "img", "frames", "base_image", "destination", "input_image",
            "stage_c",
        ]) || pipes.contains(name)
    }
}
