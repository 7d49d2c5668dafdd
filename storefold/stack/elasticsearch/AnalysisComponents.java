package storefold;

import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.core.DecimalDigitFilter;
import org.apache.lucene.analysis.core.KeywordTokenizer;
import org.apache.lucene.analysis.core.LetterTokenizer;
import org.apache.lucene.analysis.core.UpperCaseFilter;
import org.apache.lucene.analysis.core.WhitespaceTokenizer;
import org.apache.lucene.analysis.en.EnglishMinimalStemFilter;
import org.apache.lucene.analysis.en.EnglishPossessiveFilter;
import org.apache.lucene.analysis.en.KStemFilter;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.LengthFilter;
import org.apache.lucene.analysis.miscellaneous.RemoveDuplicatesTokenFilter;
import org.apache.lucene.analysis.miscellaneous.SetKeywordMarkerFilter;
import org.apache.lucene.analysis.miscellaneous.TrimFilter;
import org.apache.lucene.analysis.miscellaneous.TruncateTokenFilter;
import org.apache.lucene.analysis.ngram.EdgeNGramTokenFilter;
import org.apache.lucene.analysis.ngram.EdgeNGramTokenizer;
import org.apache.lucene.analysis.ngram.NGramTokenFilter;
import org.apache.lucene.analysis.pattern.PatternReplaceFilter;
import org.apache.lucene.analysis.pattern.PatternTokenizer;
import org.apache.lucene.analysis.reverse.ReverseStringFilter;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.index.analysis.Analysis;
import org.tartarus.snowball.ext.EnglishStemmer;
import org.tartarus.snowball.ext.PorterStemmer;

/**
 * What each documented name builds. The parameters are Elasticsearch's; one that would change the
 * tokens and is not built here is refused, because ignoring it would be a quiet difference.
 */
final class AnalysisComponents {

    interface Filter {
        TokenStream wrap(TokenStream in);
    }

    interface FilterOf {
        Filter from(Settings settings, Environment env);
    }

    private AnalysisComponents() {}

    /** Filters that a keyword normalizer may use too: they map one token to one token. */
    static final Map<String, FilterOf> NORMALIZING = Map.of(
        "asciifolding", (s, e) -> {
            boolean keep = s.getAsBoolean("preserve_original", false);
            return in -> new ASCIIFoldingFilter(in, keep);
        },
        "lowercase", (s, e) -> {
            refuse(s, "language");
            return LowerCaseFilter::new;
        },
        "uppercase", (s, e) -> UpperCaseFilter::new,
        "decimal_digit", (s, e) -> DecimalDigitFilter::new,
        "trim", (s, e) -> TrimFilter::new,
        "reverse", (s, e) -> ReverseStringFilter::new);

    static final Map<String, FilterOf> OTHER = Map.of(
        "porter_stem", (s, e) -> PorterStemFilter::new,
        "remove_duplicates", (s, e) -> RemoveDuplicatesTokenFilter::new,
        "kstem", (s, e) -> KStemFilter::new,
        "stemmer", (s, e) -> stemmer(s.get("language", s.get("name", "porter"))),
        "snowball", (s, e) -> snowball(s.get("language", s.get("name", "English"))),
        "edge_ngram", (s, e) -> {
            int min = s.getAsInt("min_gram", 1), max = s.getAsInt("max_gram", 2);
            boolean keep = s.getAsBoolean("preserve_original", false);
            if (!s.get("side", "front").equals("front")) {
                throw unknown("side", s.get("side"));
            }
            return in -> new EdgeNGramTokenFilter(in, min, max, keep);
        },
        "ngram", (s, e) -> {
            int min = s.getAsInt("min_gram", 1), max = s.getAsInt("max_gram", 2);
            boolean keep = s.getAsBoolean("preserve_original", false);
            return in -> new NGramTokenFilter(in, min, max, keep);
        },
        "length", (s, e) -> {
            int min = s.getAsInt("min", 0), max = s.getAsInt("max", Integer.MAX_VALUE);
            return in -> new LengthFilter(in, min, max);
        },
        "truncate", (s, e) -> {
            int length = s.getAsInt("length", 10);
            return in -> new TruncateTokenFilter(in, length);
        });

    /** These mean nothing without parameters; Elasticsearch builds them only where an index configures them. */
    static final Map<String, FilterOf> CONFIGURED = Map.of(
        "keyword_marker", (s, e) -> {
            boolean fold = s.getAsBoolean("ignore_case", false);
            CharArraySet words = Analysis.parseWords(e, s, "keywords", new CharArraySet(0, fold), Map.of(), fold);
            refuse(s, "keywords_pattern");
            return in -> new SetKeywordMarkerFilter(in, words);
        },
        "pattern_replace", (s, e) -> {
            Pattern pattern = Pattern.compile(required(s, "pattern"));
            String replacement = s.get("replacement", "");
            boolean all = s.getAsBoolean("all", true);
            return in -> new PatternReplaceFilter(in, pattern, replacement, all);
        });

    static final Map<String, Function<Settings, Supplier<Tokenizer>>> TOKENIZERS = Map.of(
        "whitespace", s -> WhitespaceTokenizer::new,
        "letter", s -> LetterTokenizer::new,
        "keyword", s -> KeywordTokenizer::new,
        "edge_ngram", s -> {
            int min = s.getAsInt("min_gram", 1), max = s.getAsInt("max_gram", 2);
            IntPredicate part = tokenChars(s);
            return () -> new EdgeNGramTokenizer(min, max) {
                @Override
                protected boolean isTokenChar(int point) {
                    return part.test(point);
                }
            };
        },
        "pattern", s -> {
            Pattern pattern = Pattern.compile(s.get("pattern", "\\W+"));
            int group = s.getAsInt("group", -1);
            return () -> new PatternTokenizer(pattern, group);
        });

    private static Filter stemmer(String language) {
        return switch (language.toLowerCase(Locale.ROOT)) {
            case "porter", "english" -> PorterStemFilter::new;
            case "porter2" -> in -> new SnowballFilter(in, new EnglishStemmer());
            case "light_english", "lightenglish", "kstem" -> KStemFilter::new;
            case "minimal_english", "minimalenglish" -> EnglishMinimalStemFilter::new;
            case "possessive_english", "possessiveenglish" -> EnglishPossessiveFilter::new;
            default -> throw unknown("stemmer language", language);
        };
    }

    private static Filter snowball(String language) {
        return switch (language.toLowerCase(Locale.ROOT)) {
            case "english" -> in -> new SnowballFilter(in, new EnglishStemmer());
            case "porter" -> in -> new SnowballFilter(in, new PorterStemmer());
            default -> throw unknown("snowball language", language);
        };
    }

    /** No classes named: every character belongs to a token. */
    private static IntPredicate tokenChars(Settings s) {
        refuse(s, "custom_token_chars");
        IntPredicate part = null;
        for (String name : s.getAsList("token_chars")) {
            IntPredicate one = switch (name) {
                case "letter" -> Character::isLetter;
                case "digit" -> Character::isDigit;
                case "whitespace" -> Character::isWhitespace;
                default -> throw unknown("token_chars", name);
            };
            part = part == null ? one : part.or(one);
        }
        return part == null ? point -> true : part;
    }

    static String required(Settings s, String key) {
        if (s.get(key) == null) {
            throw new IllegalArgumentException(key + " is missing");
        }
        return s.get(key);
    }

    /** A documented parameter that changes the tokens and is not built here must not be ignored. */
    private static void refuse(Settings s, String key) {
        if (s.get(key) != null) {
            throw unknown(key, s.get(key));
        }
    }

    private static IllegalArgumentException unknown(String what, String value) {
        return new IllegalArgumentException("this node has no " + what + " [" + value + "]");
    }
}
