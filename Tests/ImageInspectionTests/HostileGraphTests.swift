import AssetModel
import ImageInspection
import TestSupport
import Testing

/// Graphs of ComfyUI that were made to cost: always an answer in bounded time, and never one that is sure of a guess.
struct HostileGraphTests {
    /// The reading of a PNG with one text; no pixels are needed to read it.
    private static func recipe(_ graph: String, _ form: String = "prompt", limits: RecipeLimits = RecipeLimits()) throws
        -> Recipe?
    {
        let body = Array(form.utf8) + [0] + Array(graph.utf8)
        let length = (0..<4).map { UInt8(truncatingIfNeeded: body.count >> (24 - 8 * $0)) }
        let start: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        let bytes = start + length + Array("tEXt".utf8) + body + [0, 0, 0, 0]
        return try RecipeReader(limits: limits).read(bytes: bytes).recipe?.recipe
    }

    private static func node(_ id: String, _ kind: String, _ inputs: String) -> String {
        #""\#(id)":{"class_type":"\#(kind)","inputs":{\#(inputs)}}"#
    }

    private static func graph(_ nodes: [String], positive: String = #"["c0",0]"#, latent: String = #"["l0",0]"#)
        -> String
    {
        let ends = [
            node("save", "SaveImage", #""images":["k",0]"#),
            node("k", "KSampler", #""seed":5,"steps":2,"positive":\#(positive),"latent_image":\#(latent)"#),
        ]
        return "{\((ends + nodes).joined(separator: ","))}"
    }

    @Test func `ten thousand conditions in a row, each with a side to avoid, are walked in bounded time`() throws {
        var nodes = (0..<10_000).map {
            Self.node(
                "c\($0)", "ConditioningCombine", #""conditioning_1":["c\#($0 + 1)",0],"negative":["c\#($0 / 2)",0]"#)
        }
        nodes.append(Self.node("c10000", "CLIPTextEncode", #""text":"a long way","clip":["x",0]"#))
        let recipe = try Self.recipe(Self.graph(nodes))
        #expect(recipe?.seed == 5)
        #expect(recipe?.prompt == "a long way")
    }

    @Test func `a graph for which the steps do not reach gives what was found, as likely`() throws {
        let nodes = (0..<2_000).map {
            Self.node("c\($0)", "ConditioningCombine", #""conditioning_1":["c\#($0 + 1)",0]"#)
        }
        let recipe = try Self.recipe(Self.graph(nodes), limits: RecipeLimits(maximumStepCount: 500))
        #expect(recipe?.seed == 5)
        #expect(recipe?.certainty == .likely)
    }

    @Test func `a thousand samplers before each other end at the first, or at the bound`() throws {
        let nodes = (0..<1_000).map {
            Self.node(
                "l\($0)", "KSampler", #""seed":\#($0),"steps":2,"positive":["c0",0],"latent_image":["l\#($0 + 1)",0]"#)
        }
        let recipe = try Self.recipe(Self.graph(nodes))
        #expect(recipe?.seed != nil)
        #expect((recipe?.otherSeeds.count ?? 0) <= 256)
    }

    @Test func `samplers in a circle end`() throws {
        let nodes = (0..<10).map {
            Self.node(
                "l\($0)", "KSampler",
                #""seed":\#($0),"steps":2,"positive":["c0",0],"latent_image":["l\#(($0 + 1) % 10)",0]"#)
        }
        #expect(try Self.recipe(Self.graph(nodes))?.seed != nil)
    }

    @Test(arguments: [
        ("Any Switch (rgthree)", "any_01"), ("Reroute", ""), ("FromBasicPipe", "basic_pipe"),
        ("Context (rgthree)", "base_ctx"),
        ("StringConcatenate", "string_a"), ("StringReplace", "string"), ("ShowText|pysssss", "text"),
        ("Unknown", "text"),
        ("PrimitiveInt", "value"), ("ModelMergeSimple", "model1"), ("easy pipeOut", "pipe"), ("ImpactSwitch", "input1"),
    ])
    func `lines of one kind that lead to themselves, or on for ever, end`(kind: String, input: String) throws {
        for target in ["c0", "c1", "gone"] {
            let circle = [
                Self.node("c0", kind, #""\#(input)":["c1",3],"select":["c0",0]"#),
                Self.node("c1", kind, #""\#(input)":["\#(target)",3]"#),
            ]
            for positive in [#"["c0",0]"#, #"["c0",3]"#] {
                let recipe = try Self.recipe(Self.graph(circle, positive: positive, latent: #"["c0",1]"#))
                #expect(recipe?.prompt == nil)
            }
        }
        let row = (0..<5_000).map { Self.node("c\($0)", kind, #""\#(input)":["c\#($0 + 1)",0]"#) }
        _ = try Self.recipe(Self.graph(row, latent: #"["c0",1]"#))
    }

    @Test func `a text that replaces itself larger and larger is given up`() throws {
        let nodes = (0..<200).map {
            Self.node("t\($0)", "StringReplace", #""string":["t\#($0 + 1)",0],"find":"x","replace":"xxxxxxxx""#)
        }
        let ends = [
            Self.node("t200", "PrimitiveString", #""value":"x""#),
            Self.node("c0", "CLIPTextEncode", #""text":["t0",0],"clip":["x",0]"#),
        ]
        let recipe = try Self.recipe(Self.graph(nodes + ends))
        #expect(recipe?.seed == 5)
        #expect(recipe?.certainty == .likely)
    }

    @Test func `a node with fifty thousand inputs is looked at a bounded number of times`() throws {
        let inputs = (0..<45_000).map { #""image\#($0)":["l\#($0 % 7)",0]"# }.joined(separator: ",")
        let nodes = (0..<7).map { Self.node("l\($0)", "ImageBatch", #""image1":["big",0]"#) }
        _ = try Self.recipe(
            Self.graph(nodes + [Self.node("big", "ImageBatch", inputs)]),
            limits: RecipeLimits(maximumValueCount: 400_000))
    }

    @Test func `subgraphs that hold one another many times are put in place up to a bound`() throws {
        let definitions = (0..<12).map { level in
            let inside = (0..<8).map {
                #"{"id":\#($0),"type":"g\#(level + 1)","inputs":[],"outputs":[{"type":"IMAGE"}]}"#
            }
            return
                #"{"id":"g\#(level)","nodes":[\#(inside.joined(separator: ","))],"links":[],"inputs":[],"outputs":[]}"#
        }
        let sheet =
            #"{"nodes":[{"id":1,"type":"g0","inputs":[]},"#
            + #"{"id":2,"type":"KSampler","widgets_values":[5,"fixed",2,3,"euler","normal",1],"inputs":["#
            + #"{"name":"positive","type":"CONDITIONING","link":7},{"name":"latent_image","type":"LATENT","link":8}]},"#
            + #"{"id":4,"type":"EmptyLatentImage","widgets_values":[8,8,1]},"#
            + #"{"id":3,"type":"SaveImage","inputs":[{"name":"images","type":"IMAGE","link":9}]}],"#
            + #""links":[[7,1,0,2,0,"CONDITIONING"],[8,4,0,2,1,"LATENT"],[9,2,0,3,0,"IMAGE"]],"#
            + #""definitions":{"subgraphs":[\#(definitions.joined(separator: ","))]}}"#
        #expect(try Self.recipe(sheet, "workflow")?.seed == 5)
    }

    @Test(arguments: [
        #"{"nodes":[{"id":1,"type":"SaveImage","inputs":[{"name":"images","link":1}]}],"links":[[1,1,0,1,0,"IMAGE"]]}"#,
        #"{"nodes":[{"id":1,"type":"Reroute","inputs":[{"name":"","link":1}]}],"links":[[1,1,0,1,0,"*"]]}"#,
        #"{"nodes":[{"id":1,"type":"x","mode":4,"inputs":[{"name":"a","type":"T","link":1}]},"#
            + #"{"id":2,"type":"SaveImage","inputs":[{"name":"images","link":1}]}],"links":[[1,1,0,1,0,"T"]]}"#,
        #"{"nodes":[{"id":1,"type":"KSampler","inputs":[null,5,{}],"widgets_values":[null,{},[]]}],"links":[null,[],[1],{}]}"#,
        #"{"nodes":[{"id":1,"type":"workflow>a","inputs":[]}],"links":[],"extra":{"groupNodes":{"a":{"nodes":[{"type":"x"}],"#
            + #""links":[[-1,-5,99,-9,"T"],[0,0,0,0]],"external":[[5,5,"T"],[],[null]]}}}}"#,
        #"{"nodes":[{"id":1,"type":"s","inputs":[],"properties":{"proxyWidgets":[5,[],["1"],[null,null]]},"#
            + #""widgets_values":[1,2,3,4]}],"links":[],"definitions":{"subgraphs":[{"id":"s"},{"id":"s","nodes":5},null]}}"#,
    ])
    func `an editor's graph that breaks its own rules gives none`(sheet: String) throws {
        #expect(try Self.recipe(sheet, "workflow") == nil)
    }

    @Test func `numbers at the edges do no harm`() throws {
        for number in [
            "-1", "1e400", "-9223372036854775808", "18446744073709551615", "0", "NaN", "\"x\"", "[]", "1e-300",
        ] {
            let nodes = [
                Self.node("l0", "EmptyLatentImage", #""width":\#(number),"height":\#(number)"#),
                Self.node("up", "ImageScaleBy", #""image":["k",0],"scale_by":\#(number)"#),
                Self.node("save2", "SaveImage", #""images":["up",0]"#),
                Self.node(
                    "k2", "KSampler", #""seed":6,"steps":\#(number),"positive":["c0",0],"latent_image":["l0",0]"#),
                Self.node("save3", "SaveImage", #""images":["k2",0]"#),
                Self.node("c0", "ImpactSwitch", #""select":\#(number),"input1":["p",0],"input2":["p",0]"#),
                Self.node(
                    "p", "JoinStringMulti", #""inputcount":\#(number),"string_1":"a","string_2":"b","delimiter":" ""#),
            ]
            #expect(try Self.recipe(Self.graph(nodes))?.seed == 5)
        }
    }
}
