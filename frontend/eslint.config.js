import path from "node:path";

import eslint from "@eslint/js";
import prettier from "eslint-config-prettier";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

const FEATURES = [
  "account",
  "datasets",
  "verify",
  "jobs",
  "results",
  "review",
  "exports",
  "grid",
  "map",
  "duplicates",
  "auto-accept",
  "progress",
  "comparison",
  "team",
  "activity",
  "images",
  "uploads",
  "sources",
];

/** A feature imports only itself, lib and components; app/ combines features. */
const featureWalls = FEATURES.map((feature) => ({
  files: [`src/features/${feature}/**/*.{ts,tsx}`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          {
            group: [
              "@/app",
              "@/app/**",
              ...FEATURES.filter((other) => other !== feature).flatMap((other) => [
                `@/features/${other}`,
                `@/features/${other}/**`,
                `**/../${other}/**`,
              ]),
            ],
            message:
              "A feature imports neither another feature nor app/: share through lib or components.",
          },
        ],
      },
    ],
  },
}));

/** One module decides which keys are commands, so that none acts while a person types. */
const KEYS_WALL = {
  files: ["src/**/*.{ts,tsx}"],
  ignores: ["src/lib/annotate/command-keys.ts"],
  rules: {
    "no-restricted-syntax": [
      "error",
      {
        selector: "CallExpression[callee.property.name='addEventListener'] > Literal[value=/^key/]",
        message: "Use useCommandKeys of lib/annotate/command-keys.",
      },
    ],
  },
};

const SHARED_WALL = {
  files: ["src/lib/**/*.{ts,tsx}", "src/components/**/*.{ts,tsx}"],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          { group: ["@/app/**", "@/features/**"], message: "Shared code imports no feature." },
        ],
      },
    ],
  },
};

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/lib/client/schema.d.ts"] },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  jsxA11y.flatConfigs.strict,
  reactHooks.configs.flat.recommended,
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: {
        projectService: true,
        tsconfigRootDir: path.resolve(import.meta.dirname),
      },
    },
    rules: {
      "max-lines": ["error", 250],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // The router throws its own objects for redirects and missing pages.
      "@typescript-eslint/only-throw-error": "off",
    },
  },
  ...featureWalls,
  SHARED_WALL,
  KEYS_WALL,
  { files: ["eslint.config.js"], extends: [tseslint.configs.disableTypeChecked] },
  prettier,
);
