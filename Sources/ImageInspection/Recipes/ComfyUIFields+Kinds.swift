extension ComfyUIFields {
    private static let sampling = ["seed", "", "steps", "cfg", "sampler_name", "scheduler", "denoise"]
    private static let size = ["width", "height"]
    private static let easyLoader = [
        "ckpt_name", "vae_name", "clip_skip", "lora_name", "lora_model_strength", "lora_clip_strength", "resolution",
        "empty_latent_width", "empty_latent_height", "positive", "negative",
    ]

    /// The fields of common kinds in the order in which the editor stores them; an empty name is not wanted.
    static let kinds: [String: [String]] = [
        // Samplers and their parts
        "KSampler": sampling, "KSampler (Efficient)": sampling,
        "KSamplerAdvanced": ["add_noise", "noise_seed", "", "steps", "cfg", "sampler_name", "scheduler"],
        "SamplerCustom": ["add_noise", "noise_seed", "", "cfg"], "RandomNoise": ["noise_seed"],
        "KSamplerSelect": ["sampler_name"], "BasicScheduler": ["scheduler", "steps", "denoise"],
        "KarrasScheduler": ["steps"], "ExponentialScheduler": ["steps"], "BetaSamplingScheduler": ["steps"],
        "SDTurboScheduler": ["steps", "denoise"], "AlignYourStepsScheduler": ["", "steps", "denoise"],
        "GITSScheduler": ["", "steps", "denoise"], "LTXVScheduler": ["steps"], "Flux2Scheduler": ["steps"],
        "CFGGuider": ["cfg"], "DualCFGGuider": ["cfg_conds", "cfg_cond2_negative", "style"],
        "PerpNegGuider": ["cfg", "neg_scale"], "FluxGuidance": ["guidance"],
        "ClownsharKSampler_Beta": [
            "eta", "sampler_name", "scheduler", "steps", "steps_to_run", "denoise", "cfg", "seed", "", "sampler_mode",
            "bongmath",
        ],
        "FaceDetailer": ["guide_size", "", "max_size"] + sampling,
        "UltimateSDUpscale": ["upscale_by"] + sampling,
        "easy preSampling": ["steps", "cfg", "sampler_name", "scheduler", "denoise", "seed"],
        // Conditions
        "CLIPTextEncode": ["text"], "smZ CLIPTextEncode": ["text"], "BNK_CLIPTextEncodeAdvanced": ["text"],
        "CLIPTextEncodeFlux": ["clip_l", "t5xxl", "guidance"],
        "CLIPTextEncodeSDXL": ["", "", "", "", "", "", "text_g", "text_l"],
        "CLIPTextEncodeSDXLRefiner": ["", "", "", "text"], "CLIPTextEncodeSD3": ["clip_l", "clip_g", "t5xxl"],
        "CLIPTextEncodeHiDream": ["clip_l", "clip_g", "t5xxl", "llama"],
        "CLIPTextEncodeHunyuanDiT": ["bert", "mt5xl"], "CLIPTextEncodeLumina2": ["system_prompt", "user_prompt"],
        "TextEncodeQwenImageEdit": ["prompt"], "TextEncodeQwenImageEditPlus": ["prompt"],
        "WanVideoTextEncode": ["positive_prompt", "negative_prompt"],
        "ImpactWildcardEncode": ["wildcard_text", "populated_text"],
        // Loaders
        "CheckpointLoaderSimple": ["ckpt_name"], "CheckpointLoader": ["config_name", "ckpt_name"],
        "UNETLoader": ["unet_name"], "UnetLoaderGGUF": ["unet_name"], "NunchakuFluxDiTLoader": ["model_path"],
        "Efficient Loader": [
            "ckpt_name", "vae_name", "clip_skip", "lora_name", "", "", "positive", "negative", "", "",
            "empty_latent_width",
            "empty_latent_height",
        ],
        "easy a1111Loader": easyLoader, "easy comfyLoader": easyLoader,
        "easy fullLoader": [
            "ckpt_name", "", "vae_name", "", "lora_name", "", "", "resolution", "empty_latent_width",
            "empty_latent_height",
            "positive", "", "", "negative",
        ],
        // Latents and pictures
        "EmptyLatentImage": size, "EmptySD3LatentImage": size, "EmptyFlux2LatentImage": size,
        "EmptyHunyuanLatentVideo": size, "EmptyLTXVLatentVideo": size, "EmptyQwenImageLayeredLatentImage": size,
        "LatentUpscale": [""] + size, "ImageScale": [""] + size, "LatentUpscaleBy": ["", "scale_by"],
        "ImageScaleBy": ["", "scale_by"], "SaveImage": ["filename_prefix"], "LoadImage": ["image"],
        // Numbers and texts
        "PrimitiveNode": ["value"], "PrimitiveInt": ["value"], "PrimitiveFloat": ["value"],
        "PrimitiveBoolean": ["value"],
        "PrimitiveString": ["value"], "PrimitiveStringMultiline": ["value"], "INTConstant": ["value"],
        "FloatConstant": ["value"], "Seed (rgthree)": ["seed"], "easy seed": ["seed"], "CR Seed": ["seed"],
        "easy int": ["value"], "easy string": ["value"], "easy positive": ["positive"], "easy negative": ["negative"],
        "StringConcatenate": ["string_a", "string_b", "delimiter"], "StringReplace": ["string", "find", "replace"],
        "StringTrim": ["string", "mode"], "CaseConverter": ["string", "mode"],
        "StringConstant": ["string"], "StringConstantMultiline": ["string"],
        "Text Multiline": ["text"], "Text Concatenate": ["delimiter", "clean_whitespace"],
        "Text Find and Replace": ["find", "replace"], "Text Prompt (JPS)": ["text"],
        "Text Concatenate (JPS)": ["delimiter"],
        "CR Text": ["text"], "CR Prompt Text": ["prompt"],
        "CR Combine Prompt": ["part1", "part2", "part3", "part4", "separator"],
        "ImpactWildcardProcessor": ["wildcard_text", "populated_text", "mode", "seed"], "ttN text": ["text"],
        "ShowText|pysssss": ["text_0"],
        "StringFunction|pysssss": ["action", "tidy_tags", "text_a", "text_b", "text_c"],
        // Switches
        "ComfySwitchNode": ["switch"], "LazySwitchKJ": ["switch"], "easy ifElse": ["boolean"],
        "ImpactSwitch": ["select"],
        "ImpactConditionalBranch": ["cond"], "CR Text Input Switch": ["Input"],
        "CR Conditioning Input Switch": ["Input"],
        "CR Model Input Switch": ["Input"], "CR Latent Input Switch": ["Input"], "CR Image Input Switch": ["Input"],
        // Hosted models
        "FluxKontextProImageNode": ["prompt", "aspect_ratio", "guidance", "steps", "seed", "", "prompt_upsampling"],
        "FluxKontextMaxImageNode": ["prompt", "aspect_ratio", "guidance", "steps", "seed", "", "prompt_upsampling"],
    ]
}
