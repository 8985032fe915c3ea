extension Schema {
    /// `action.yml` files.
    static let action = SchemaNotation.read(
        """
        root: { name!: text, author: string, description: string, inputs: { *text: input },
          outputs: { *text: { description: string, value: output } }, runs!: runs, branding: any }
        @default: github strategy matrix job runner hashFiles(1,255)
        input: { required: boolean, default: default, deprecationMessage: string, description: string, *text: any }
        default: @default string
        @output: github strategy matrix steps inputs job runner env
        output: @output string
        runs: docker-runs | node-runs | composite-runs
        docker-runs: { using!: using, image!: text, entrypoint: text, args: [argument], env: docker-env,
          pre-entrypoint: text, pre-if: runs-if, post-entrypoint: text, post-if: runs-if }
        node-runs: { using!: using, main!: text, pre: text, pre-if: runs-if, post: text, post-if: runs-if }
        composite-runs: { using!: using, steps!: [step] }
        using: 'docker' 'node12' 'node16' 'node20' 'node24' 'composite'
        @inputs: inputs
        argument: @inputs string
        docker-env: @inputs { *text: string }
        @if: runner github job strategy matrix env inputs always(0,0) success(0,0) failure(0,0) cancelled(0,0)
          hashFiles(1,255)
        runs-if: @if string
        @step: github inputs strategy matrix steps job runner env hashFiles(1,255)
        @step-if: @step always(0,0) failure(0,0) cancelled(0,0) success(0,0)
        step: run-step | use-step
        run-step: { name: step-string, id: text, if: step-if, run!: step-string, shell!: step-string, env: step-map,
          continue-on-error: step-boolean, working-directory: step-string }
        use-step: { name: step-string, id: text, if: step-if, uses!: text, with: step-map, env: step-map,
          continue-on-error: step-boolean }
        step-string: @step string
        step-boolean: @step boolean
        step-if: @step-if string
        step-map: @step { *text: string }

        """)
}
