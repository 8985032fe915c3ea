extension Schema {
    /// Workflow files.
    static let workflow = SchemaNotation.read(events + workflowRoot + workflowJobs + workflowSteps)

    private static let workflowRoot = """
        @root: github inputs vars
        @none:
        root: { on!: triggers, name: string, description: string, run-name: run-name, defaults: defaults, env: root-env,
          permissions: permissions, concurrency: root-concurrency, jobs!: jobs }
        run-name: @root string
        @root-env: @root secrets
        root-env: @root-env { *text: string }
        defaults: { run: { shell: text, working-directory: text } }
        root-concurrency: @root string | concurrency
        concurrency: { group!: text, cancel-in-progress: boolean, queue: 'single' 'max' }
        permissions: permission-map | 'read-all' 'write-all'
        permission-map: { actions: level, artifact-metadata: level, attestations: level, checks: level,
          code-quality: level, contents: level, copilot-requests: 'write' 'none', deployments: level,
          discussions: level,
          drives: level, id-token: 'write' 'none', issues: level, models: 'read' 'none', packages: level, pages: level,
          pull-requests: level, repository-projects: level, security-events: level, statuses: level,
          vulnerability-alerts: 'read' 'none' }
        level: 'read' 'write' 'none'
        texts: text | [text]

        """

    private static let workflowJobs = """
        @needs: github inputs vars needs
        @leg: @needs strategy matrix
        @leg-secrets: @leg secrets
        @after: @leg secrets steps job runner env
        @after-open: @leg steps job runner env
        @job-if: @needs always(0,0) failure(0,MAX) cancelled(0,0) success(0,MAX)
        jobs: { *text: job }
        job: steps-job | call-job
        steps-job: { needs: texts, if: job-if, strategy: strategy, name: leg-string, runs-on!: runs-on,
          timeout-minutes: leg-number, cancel-timeout-minutes: leg-number, continue-on-error: leg-boolean,
          container: container, services: services, env: job-env, environment: environment, permissions: permissions,
          concurrency: job-concurrency, outputs: { *text: after-string }, defaults: job-defaults, steps: [step],
          snapshot: snapshot }
        call-job: { name: leg-string, uses!: text, with: { *text: call-value }, secrets: call-secrets | 'inherit',
          needs: texts, if: job-if, permissions: permissions, concurrency: job-concurrency, strategy: strategy }
        call-value: @leg string | boolean | number
        call-secrets: { *text: call-secret }
        call-secret: @leg-secrets string | boolean | number
        job-if: @job-if string
        strategy: @needs { fail-fast: boolean, max-parallel: number, matrix: matrix }
        matrix: { include: matrix-filter, exclude: matrix-filter, *text: [any] }
        matrix-filter: [matrix-item]
        matrix-item: { *text: any }
        leg-string: @leg string
        leg-number: @leg number
        leg-boolean: @leg boolean
        runs-on: @leg text | [text] | { group: text, labels: texts }
        job-env: @leg-secrets { *text: string }
        job-concurrency: @leg text | concurrency
        environment: @leg string | { name!: leg-string, url: after-open-string, deployment: boolean }
        after-string: @after string
        after-open-string: @after-open string
        job-defaults: { run: job-defaults-run }
        @job-defaults: @leg env
        job-defaults-run: @job-defaults { shell: text, working-directory: text }
        snapshot: text | { image-name!: text, if: leg-string, version: text }
        container: @leg string | { image: text, options: string, env: container-env, ports: [text], volumes: [text],
          credentials: credentials }
        services: @leg { *text: service }
        service: @leg text | { image: text, options: string, env: container-env, ports: [text], volumes: [text],
          credentials: credentials, entrypoint: string, command: string }
        container-env: { *text: after-string }
        @credentials: github inputs vars secrets env
        credentials: @credentials { username: text, password: text }

        """

    private static let workflowSteps = """
        @step: @after hashFiles(1,255)
        @step-if: @after-open always(0,0) failure(0,0) cancelled(0,0) success(0,0) hashFiles(1,255)
        step: run-step | use-step | wait-step | wait-all-step | cancel-step | parallel-step
        run-step: { name: step-string, id: text, if: step-if, timeout-minutes: step-number, run!: step-string,
          continue-on-error: step-boolean, env: step-map, working-directory: step-string, shell: text,
          background: boolean }
        use-step: { name: step-string, id: text, if: step-if, continue-on-error: step-boolean,
          timeout-minutes: step-number, uses!: text, with: step-map, env: step-map, background: boolean }
        wait-step: { name: step-string, id: text, continue-on-error: step-boolean, wait!: texts }
        wait-all-step: { name: step-string, id: text, continue-on-error: step-boolean, wait-all!: null | boolean }
        cancel-step: { name: step-string, id: text, continue-on-error: step-boolean, cancel!: text }
        parallel-step: { parallel!: [step] }
        step-if: @step-if string
        step-string: @step string
        step-number: @step number
        step-boolean: @step boolean
        step-map: @step { *text: string }

        """
}
